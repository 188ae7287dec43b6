import { existsSync, writeFileSync } from 'node:fs';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readStoreNamed } from '../../config/config.ts';
import type { StoredItem } from '../../storage/bulk-store.ts';
import { command, commit } from '../../storage/contract/helpers.ts';
import { loanKey } from '../../storage/keys.ts';
import { openSqliteSource, openSqliteTarget } from '../../storage/sqlite/bulk.ts';
import { Commits, toRow } from '../../storage/sqlite/commits.ts';
import { openForWriting } from '../../storage/sqlite/connection.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { StoreSetupError } from '../../storage/store.ts';
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
    ...{ version: 1 + (n % 5), command: command(`command ${n}`), text: `"${n}"` },
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
  return copyStore({ ...stores, clock: () => NOW, tell() {}, ...options });
}

/** Copies until so many items are there, and ends as a kill does: without a word to anybody. */
async function copyPartly(from: string, to: string, items: number): Promise<void> {
  const stopped = copy(from, to, {
    tell(_, done) {
      if (done >= items) throw new Error('stopped');
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
}

/** Changes a store as a server on it does. */
async function change(path: string, sort: string, expected = 1): Promise<void> {
  const store = openSqlite(path);
  expect(await commit(store, put(sort, 'changed', { expected }))).toEqual({ committed: true });
  await store.close();
}

async function expectRefusal(copying: Promise<unknown>, ...parts: string[]): Promise<void> {
  const refusal = await copying.catch((thrown: unknown) => thrown);
  expect(refusal).toBeInstanceOf(StoreSetupError);
  for (const part of parts) expect(String(refusal)).toContain(part);
}

describe('a copy', () => {
  it('has every item just as it was, and tells what was copied', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    expect(await copy(from, to)).toEqual({
      ...{ from: `sqlite:${from}`, to: `sqlite:${to}` },
      counts: { loan: 1, other: ITEMS - 1 },
      money: [{ loans: 1, amount: '20000.00 USD', invited: '0.00 USD' }],
    });
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('of an empty store is an empty store', async () => {
    const [from, to] = [tempFile('source.db'), tempFile('target.db')];
    await openSqlite(from).close();
    expect(await copy(from, to)).toMatchObject({ counts: {}, money: [] });
    expect(await itemsOf(to)).toEqual([]);
  });

  it('is of the moment when it began, while others write to the source', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const before = await itemsOf(from);
    const database = openForWriting(from);
    onTestFinished(() => void database.close());
    const server = new Commits(database);
    let writes = 0;
    await copy(from, to, {
      tell() {
        writes += 1;
        server.write([{ command: command('server'), rows: [toRow(put(`new ${writes}`, 1))] }]);
      },
    });
    expect(writes).toBeGreaterThan(5);
    expect(await itemsOf(to)).toEqual(before);
  });

  it('goes on where it was stopped, and ends as if it never had been', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 500);
    await copyPartly(from, to, 1000);
    const done: number[] = [];
    await copy(from, to, { tell: (label, count) => void (label === 'copying' && done.push(count)) });
    expect(done).toEqual([1000, 1500, ITEMS]);
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('tells how far it is: the items copied, then those of both stores', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    const told: string[] = [];
    await copy(from, to, { tell: (...progress) => void told.push(progress.join(' ')) });
    expect(told.slice(0, 5)).toEqual([0, 500, 1000, 1500, ITEMS].map((done) => `copying ${done} ${ITEMS}`));
    expect(told.at(-1)).toBe(`checking ${2 * ITEMS + 1} ${2 * ITEMS + 1}`); // with the mark
  });
});

describe('the check at the end', () => {
  it('finds a source that was written to between a stop and going on; run again, the copy is whole', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    await change(from, '000005');
    await expectRefusal(
      copy(from, to),
      'is not yet a copy of',
      `  - other: ${ITEMS - 1} in both, but not the same`,
      'run the same copy again',
    );
    await copy(from, to);
    expect(await itemsOf(to)).toEqual(await itemsOf(from));
  });

  it('finds what is new in the source', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    await change(from, '000000 and a half', 0);
    await expectRefusal(copy(from, to), `  - other: ${ITEMS} in the source, ${ITEMS - 1} in the copy`);
  });

  it.each([
    ['that something else was written into the copy', 'version', 'loan: 1 in both, but not the same'],
    ['money', 'text', '1 loans of 20000.00 USD, 0.00 USD invited in the source; 1 loans of 1.00 USD, 0.00 USD invited in the copy'],
  ])('finds %s', async (_, part, difference) => {
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
    await expectRefusal(copy(from, to), difference);
  });

  it('lets be what has expired, which each engine drops in its own time', async () => {
    const [from, to] = [await filledStore(), tempFile('target.db')];
    await copyPartly(from, to, 1000);
    const source = openSqliteTarget(from);
    expect(await source.drop({ partition: 'things', sort: '000000' }, 1)).toBe(true);
    await source.close();
    await expectRefusal(copy(from, to), `other: ${ITEMS - 2} in the source, ${ITEMS - 1} in the copy`);
    await copy(from, to, { clock: () => NOW + 3_600_000 });
  });
});

describe('a copy is refused', () => {
  it('into a store that holds something, which is left as it is', async () => {
    const [from, to] = [await filledStore(), await filledStore()];
    await change(to, 'mine', 0);
    const before = await itemsOf(to);
    await expectRefusal(copy(from, to), `sqlite:${to} is not empty. A copy needs a store with nothing in it`);
    expect(await itemsOf(to)).toEqual(before);
  });

  it('into the unfinished copy of another store', async () => {
    const [from, to, other] = [await filledStore(), tempFile('target.db'), await filledStore()];
    await copyPartly(other, to, 500);
    await expectRefusal(copy(from, to), `sqlite:${to} is the unfinished target of a copy from sqlite:${other}. Run that one again`);
  });

  it('from an unfinished copy', async () => {
    const [from, to, third] = [await filledStore(), tempFile('target.db'), tempFile('third.db')];
    await copyPartly(from, to, 500);
    await expectRefusal(copy(to, third), `sqlite:${to} is itself the unfinished target of a copy`);
    expect(existsSync(third)).toBe(false);
  });

  it('into itself, however it is named', async () => {
    const from = await filledStore();
    await expectRefusal(copy(from, from.replace('source.db', './source.db')), 'A store can’t be copied into itself');
  });

  it.each([
    ['there is none', 'none.db', 'There is no store at'],
    ['it is in memory', ':memory:', 'A store in memory begins and ends with its program'],
  ])('from where %s, and nothing is made', async (_, name, message) => {
    const to = tempFile('target.db');
    await expectRefusal(copy(name, to), message);
    expect([existsSync(name), existsSync(to)]).toEqual([false, false]);
  });

  it('into a store in memory', async () => {
    await expectRefusal(copy(await filledStore(), ':memory:'), 'A store in memory');
  });

  it('from an empty file, and nothing is made', async () => {
    const [from, to] = [tempFile('source.db'), tempFile('target.db')];
    writeFileSync(from, '');
    await expectRefusal(copy(from, to), `There is no store at ${from}: the file is empty.`);
    expect(existsSync(to)).toBe(false);
  });

  it('from or into a store of an older format', async () => {
    const [older, source, target] = [tempFile('older.db'), await filledStore(), tempFile('target.db')];
    const database = openForWriting(older);
    database.pragma('user_version = 1');
    database.close();
    const message = `${older} was written by an older Private Lending (format 1; this program needs 2)`;
    await expectRefusal(copy(older, target), message);
    await expectRefusal(copy(source, older), message);
    expect(existsSync(target)).toBe(false);
  });
});

describe('two copies of one store into one other', () => {
  it('are the later one’s alone: the earlier one ends at its next step', async () => {
    const target = openSqliteTarget(tempFile());
    onTestFinished(() => target.close());
    const copy = { from: 'sqlite:a', to: 'sqlite:b', started: '2026-03-01T09:15:00.000Z' };
    const earlier = await CopyLock.take(target, copy);
    await earlier.moveTo({ partition: 'things', sort: 'a' }, 5);
    const later = await CopyLock.take(target, copy);
    await expectRefusal(
      earlier.moveTo({ partition: 'things', sort: 'b' }, 6),
      'Another process has taken up the copy into sqlite:b',
    );
    await expectRefusal(earlier.release(), 'Another process has taken up the copy');
    expect(later.mark).toMatchObject({ copied: 5, position: { partition: 'things', sort: 'a' } });
    await later.release();
  });
});

describe.skipIf(endpoint === undefined)('a copy into a database that goes away', () => {
  it('tells why it has stopped, and how to go on', async () => {
    const [from, table] = [await filledStore(), await newTable()];
    const to = readStoreNamed(`dynamodb:${table}`, { AWS_ENDPOINT_URL_DYNAMODB: endpoint });
    if (typeof to === 'string') throw new Error(to);
    const client = new DynamoDBClient(optionsAt().client ?? {});
    let leaving: Promise<unknown> | undefined;
    const copying = copy(from, '', {
      to,
      tell() {
        leaving ??= client.send(new DeleteTableCommand({ TableName: table }));
      },
    });
    await expectRefusal(copying, 'The copy has stopped: ResourceNotFoundException', 'Run it again, and it goes on from there.');
    await leaving;
    client.destroy();
  });
});
