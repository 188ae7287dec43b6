import { existsSync } from 'node:fs';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStoreNamed } from '../../config/config.ts';
import type { StoredItem } from '../../storage/bulk-store.ts';
import { command, commit } from '../../storage/contract/helpers.ts';
import { loanKey } from '../../storage/keys.ts';
import { openSqliteSource, openSqliteTarget } from '../../storage/sqlite/bulk.ts';
import { encodeCommit } from '../../storage/sqlite/commit-text.ts';
import { Commits } from '../../storage/sqlite/commits.ts';
import { openForWriting } from '../../storage/sqlite/connection.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { StoreSetupError } from '../../storage/store.ts';
import { loadStoreSecrets } from '../../storage/store-secrets.ts';
import { LOAN_ID, loanOf, unitsOf } from '../../testing/app/domain-fixtures.ts';
import { endpoint, newTable, optionsAt } from '../../testing/dynamodb/tables.ts';
import { put, tempFile } from '../../testing/process/temp-store.ts';
import { CopyLock } from './checkpoint.ts';
import { type CopyOptions, copyStore } from './copy-store.ts';

const NOW = Date.UTC(2026, 2, 1, 9, 15);
const ITEMS = 1700;

/** A store of several pages with one loan in it, closed. */
async function filledStore(): Promise<string> {
  const path = tempFile('source.db');
  const store = openSqliteTarget(path);
  const loan = { key: loanKey(LOAN_ID), version: 3, command: command('loan'), text: JSON.stringify(loanOf()) };
  const others = Array.from({ length: ITEMS - 1 }, (_, n) => ({
    key: { partition: 'things', sort: String(n).padStart(6, '0') },
    version: 1 + (n % 5),
    command: command(`command ${n}`),
    text: `"${n}"`,
    ...(n % 4 === 0 && { expiresAt: NOW + 3_600_000 + n, index: { partition: 'people', sort: `${n}` } }),
  }));
  await store.put([loan, ...others]);
  await store.close();
  return path;
}

async function itemsOf(path: string): Promise<StoredItem[]> {
  const store = openSqliteSource(path);
  const items: StoredItem[] = [];
  for await (const page of store.pages()) items.push(...page.items);
  await store.close();
  return items;
}

function copy(from: string, to: string, options: Partial<CopyOptions> = {}) {
  const stores = { from: { kind: 'sqlite', path: from }, to: { kind: 'sqlite', path: to } } as const;
  return copyStore({ ...stores, clock: () => NOW, report() {}, ...options });
}

/** Copies at least so many items, and then ends without releasing anything, as a kill does. */
async function copyPartly(from: string, to: string, items: number): Promise<void> {
  const stopped = copy(from, to, {
    report(_, done) {
      if (done >= items) throw new Error('stopped');
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
}

/** Changes an item of a store as a server does. */
async function change(path: string, sort: string, expected = 1): Promise<void> {
  const store = openSqlite(path);
  expect(await commit(store, put(sort, 'changed', { expected }))).toEqual({ committed: true });
  await store.close();
}

async function expectSetupError(copying: Promise<unknown>, ...parts: string[]): Promise<void> {
  const error = await copying.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreSetupError);
  for (const part of parts) expect(String(error)).toContain(part);
}

describe('copyStore', () => {
  it('copies every item unchanged, and returns what was copied', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    expect(await copy(from, to)).toEqual({
      from: `sqlite:${from}`,
      to: `sqlite:${to}`,
      counts: { loan: 1, other: ITEMS - 1 },
      money: [{ loans: 1, amount: '20000.00 USD', invited: '0.00 USD' }],
    });
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('copies an empty store', async () => {
    const [from, to] = [tempFile('source.db'), tempFile('target.db')];
    await openSqlite(from).close();
    expect(await copy(from, to)).toMatchObject({ counts: {}, money: [] });
    expect(await itemsOf(to)).toEqual([]);
  });

  it('copies the source as of its start while a server writes to it', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const before = await itemsOf(from);
    const database = openForWriting(from);
    onTestFinished(() => void database.close());
    const server = new Commits(database);
    let writes = 0;
    await copy(from, to, {
      report() {
        writes += 1;
        server.write([encodeCommit(command('server'), [put(`new ${writes}`, 1)])]);
      },
    });
    expect(writes).toBeGreaterThan(5);
    expect(await itemsOf(to)).toEqual(before);
  });

  it('resumes where it was stopped, with the same result', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 500);
    await copyPartly(from, to, 1000);
    const done: number[] = [];
    await copy(from, to, { report: (label, count) => void (label === 'copying' && done.push(count)) });
    expect(done).toEqual([1000, 1500, ITEMS]);
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('reports the progress of copying, then of checking both stores', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const reports: string[] = [];
    await copy(from, to, { report: (...progress) => void reports.push(progress.join(' ')) });
    expect(reports.slice(0, 5)).toEqual([0, 500, 1000, 1500, ITEMS].map((done) => `copying ${done} ${ITEMS}`));
    expect(reports.at(-1)).toBe(`checking ${2 * ITEMS + 1} ${2 * ITEMS + 1}`); // and the checkpoint
  });
});

describe('copyStore, when it compares', () => {
  it('detects a source that changed between a stop and the resumption, and completes the copy in the next run', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    await change(from, '000005');
    await expectSetupError(
      copy(from, to),
      'differs from',
      `  - other: ${ITEMS - 1} in both, with different content`,
      'run the same copy again',
    );
    await copy(from, to);
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('detects new items in the source', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    await change(from, '000000 and a half', 0);
    await expectSetupError(copy(from, to), `  - other: ${ITEMS} in the source, ${ITEMS - 1} in the copy`);
  });

  it.each([
    ['another version in the copy', 'version', 'loan: 1 in both, with different content'],
    [
      'other totals',
      'text',
      '1 loans of 20000.00 USD, 0.00 USD invited in the source; 1 loans of 1.00 USD, 0.00 USD invited in the copy',
    ],
  ])('detects %s', async (_, part, difference) => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const other = {
      version: 3,
      text: JSON.stringify(loanOf()),
      ...(part === 'version' ? { version: 4 } : { text: JSON.stringify(loanOf({ amount: unitsOf(100) })) }),
    };
    await copyPartly(from, to, 1000);
    const target = openSqliteTarget(to);
    await target.put([{ key: loanKey(LOAN_ID), command: command('loan'), ...other }]);
    await target.close();
    await expectSetupError(copy(from, to), difference);
  });

  it('ignores expired items, which each engine deletes at another time', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    const source = openSqliteTarget(from);
    expect(await source.drop({ partition: 'things', sort: '000000' }, 1)).toBe(true);
    await source.close();
    await expectSetupError(copy(from, to), `other: ${ITEMS - 2} in the source, ${ITEMS - 1} in the copy`);
    await copy(from, to, { clock: () => NOW + 3_600_000 });
  });
});

describe('copyStore, with unsuitable stores', () => {
  it('rejects a target that is not empty, and leaves it unchanged', async () => {
    const [from, to] = [await filledStore(), await filledStore()];
    await change(to, 'mine', 0);
    const before = await itemsOf(to);
    await expectSetupError(copy(from, to), `sqlite:${to} is not empty: it has items of the kind "loan". Copy to an empty store.`);
    expect(await itemsOf(to)).toEqual(before);
  });

  it('rejects a target with only the secret of a server or deployment, says so and how to get one without', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const store = openSqlite(to);
    await loadStoreSecrets(store);
    await store.close();
    const before = await itemsOf(to);
    expect(before).toHaveLength(1);
    await expectSetupError(copy(from, to), `sqlite:${to} is not empty: it has no loans, but the secret`, '"-c copyFirst=true"');
    expect(await itemsOf(to)).toEqual(before);
  });

  it('rejects the unfinished copy of another store as the target', async () => {
    const [from, to, other] = [await filledStore(), tempFile('target.db'), await filledStore()];
    await copyPartly(other, to, 500);
    await expectSetupError(
      copy(from, to),
      `sqlite:${to} is the unfinished target of a copy from sqlite:${other}. Run that copy again`,
    );
  });

  it('rejects an unfinished copy as the source', async () => {
    const [from, to, third] = [await filledStore(), tempFile('target.db'), tempFile('third.db')];
    await copyPartly(from, to, 500);
    await expectSetupError(copy(to, third), `sqlite:${to} is itself the unfinished target of a copy`);
    expect(existsSync(third)).toBe(false);
  });

  it('rejects the source as the target, even by another path', async () => {
    const from = await filledStore();
    await expectSetupError(copy(from, from.replace('source.db', './source.db')), 'A store can’t be copied into itself');
  });

  it.each([
    ['does not exist', 'none.db', 'There is no store at'],
    ['is in memory', ':memory:', 'A store in memory begins and ends with its program'],
  ])('rejects a source that %s, and creates nothing', async (_, name, message) => {
    const to = tempFile('target.db');
    await expectSetupError(copy(name, to), message);
    expect([existsSync(name), existsSync(to)]).toEqual([false, false]);
  });

  it('rejects a target in memory', async () => {
    await expectSetupError(copy(await filledStore(), ':memory:'), 'A store in memory');
  });

  it.each([0, 1])('rejects copying from or into a store of format %i', async (format) => {
    const [older, source, target] = [tempFile('older.db'), await filledStore(), tempFile('target.db')];
    const database = openForWriting(older);
    database.pragma(`user_version = ${format}`);
    database.close();
    const message = `${older} was written by an older Private Lending (format ${format}; this program needs 3)`;
    await expectSetupError(copy(older, target), message);
    await expectSetupError(copy(source, older), message);
    expect(existsSync(target)).toBe(false);
  });
});

describe('CopyLock', () => {
  it('passes to the latest process, and ends the earlier one at its next step', async () => {
    const target = openSqliteTarget(tempFile());
    onTestFinished(() => target.close());
    const copy = { from: 'sqlite:a', to: 'sqlite:b', started: '2026-03-01T09:15:00.000Z' };
    const earlier = await CopyLock.acquire(target, copy);
    await earlier.moveTo({ partition: 'things', sort: 'a' }, 5);
    const later = await CopyLock.acquire(target, copy);
    await expectSetupError(
      earlier.moveTo({ partition: 'things', sort: 'b' }, 6),
      'Another process has taken over the copy to sqlite:b',
    );
    await expectSetupError(earlier.release(), 'Another process has taken over the copy');
    expect(later.checkpoint).toMatchObject({ copied: 5, position: { partition: 'things', sort: 'a' } });
    await later.release();
  });
});

describe.skipIf(endpoint === undefined)('copyStore to a table that is deleted', () => {
  it('explains why the copy has stopped, and how to resume', async () => {
    const [from, table] = [await filledStore(), await newTable()];
    const to = readStoreNamed(`dynamodb:${table}`, { AWS_ENDPOINT_URL_DYNAMODB: endpoint });
    if (typeof to === 'string') throw new Error(to);
    const client = new DynamoDBClient(optionsAt().client ?? {});
    let deletion: Promise<unknown> | undefined;
    const copying = copy(from, '', {
      to,
      report() {
        deletion ??= client.send(new DeleteTableCommand({ TableName: table }));
      },
    });
    await expectSetupError(copying, 'The copy has stopped: ResourceNotFoundException', 'Run it again to resume.');
    await deletion;
    client.destroy();
  });
});
