import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandId } from '../server/src/domain/ids.ts';
import type { BulkStore, StoredItem } from '../server/src/storage/bulk-store.ts';
import { openBulkDynamoDb } from '../server/src/storage/dynamodb/bulk.ts';
import { openDynamoDb } from '../server/src/storage/dynamodb/dynamodb-store.ts';
import { copyCheckpointKey } from '../server/src/storage/keys.ts';
import { openSqliteSource, openSqliteTarget } from '../server/src/storage/sqlite/bulk.ts';
import { endpoint, newTable, optionsAt } from '../server/src/testing/dynamodb/tables.ts';
import { openWorkplace, PROGRAM, startIn, type Workplace } from '../server/src/testing/process/cli-process.ts';
import { signIn } from './http-client.ts';

/* The real program copies a store from SQLite to DynamoDB and back. */

const AWS = { AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '' };
const KILLS = 4;
const ITEMS = 3000;

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

async function itemsOf(store: BulkStore): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for await (const page of store.pages()) items.push(...page.items);
  await store.close();
  return items.toSorted((a, b) => (`${a.key.partition}\n${a.key.sort}` < `${b.key.partition}\n${b.key.sort}` ? -1 : 1));
}

/** Creates data in the store at ./data, by a server that has stopped. */
async function createData() {
  const server = await work.serve();
  const ana = await signIn(server.url, 'ana@example.com');
  const loanId = await ana.postsLoan();
  const path = `/loans/${loanId}/lenders`;
  const lenders = ['ben', 'cleo', 'dan'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 10 }));
  const invited = await ana.post(path, { lenders }, { 'Idempotency-Key': 'the-first' });
  const page = await ana.get(`${path}?limit=2`);
  await server.stop();
  return { ana, path, lenders, invited, page };
}

describe.skipIf(endpoint === undefined)('lending copy to DynamoDB', () => {
  it('serves the copied data unchanged, and copies it back item by item', async () => {
    const { ana, path, lenders, invited, page } = await createData();
    const table = `test-${randomUUID()}`;
    const settings = { ...AWS, STORE: `dynamodb:${table}`, ALLOW_LOCAL_ISSUER: '1' };
    expect((await work.lending(['init'], settings)).stdout).toBe(`Created ${table}\n`);

    const copied = await work.lending(['copy', '--from', 'sqlite:data/lending.db', '--to', `dynamodb:${table}`], AWS);
    expect([copied.code, copied.stderr]).toEqual([0, '']);
    expect(copied.stdout).toMatch(
      /lending\.db is copied to dynamodb:.*, and every item compared:\n.* {2}2 loans of 40000\.00 USD, 30\.00 USD invited\n$/s,
    );
    const back = await work.lending(['copy', '--from', `dynamodb:${table}`, '--to', 'sqlite:back.db', '--json'], AWS);
    expect([back.code, back.stderr]).toEqual([0, '']);
    expect(JSON.parse(back.stdout)).toMatchObject({ from: `dynamodb:${table}`, counts: { loan: 2, lender: 3, record: 2 } });
    const before = await itemsOf(openSqliteSource(work.path('data', 'lending.db')));
    expect(await itemsOf(openSqliteSource(work.path('back.db')))).toEqual(before);

    const server = await work.serve(settings);
    const moved = ana.at(server.url);
    const replay = await moved.post(path, { lenders }, { 'Idempotency-Key': 'the-first' });
    expect([replay.text, replay.headers.get('Idempotency-Replayed')]).toEqual([invited.text, 'true']);
    const rest = await moved.get(`${path}?limit=2&cursor=${page.body.next_cursor}`);
    const ids = (response: typeof page) => response.body.lenders.map((lender: { lender_id: string }) => lender.lender_id);
    expect([...ids(page), ...ids(rest)].toSorted()).toEqual(ids(invited).toSorted());
    const duplicate = await moved.post(path, { lenders: lenders.slice(0, 1) });
    expect(duplicate.body.message).toBe('ben@example.com has already been invited to this loan');
    expect((await server.stop()).code).toBe(0);
  });

  it('completes after any number of kills, and refuses to serve an incomplete copy', async () => {
    const source = openSqliteTarget(work.path('source.db'));
    const items = Array.from({ length: ITEMS }, (_, n) => ({
      key: { partition: `things ${n % 9}`, sort: `${n}` },
      version: 1 + (n % 5),
      command: `command ${n}` as CommandId,
      text: `"${'x'.repeat(n % 500)}"`,
    }));
    await source.put(items);
    await source.close();
    const table = await newTable();
    const target = openDynamoDb(table, optionsAt());
    const copied = async () => (await target.get([copyCheckpointKey()]))[0]?.data.copied ?? 0;
    const copy = ['copy', '--from', 'sqlite:source.db', '--to', `dynamodb:${table}`];

    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await copied();
      const copying = startIn(work.path(), process.execPath, [PROGRAM, ...copy], AWS);
      await expect.poll(copied, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before);
      for (let reads = Math.random() * 20; reads > 0; reads -= 1) await copied(); // at no particular moment
      await copying.stop('SIGKILL');
      expect((await copying.ended).code, 'it was killed before its end').toBeNull();
    }
    const serving = { ...AWS, STORE: `dynamodb:${table}`, ALLOW_LOCAL_ISSUER: '1', PORT: '0' };
    const rejected = await work.lending(['serve'], serving);
    expect([rejected.code, rejected.stderr]).toEqual([
      2,
      expect.stringContaining(`dynamodb:${table} is the unfinished target of a copy from sqlite:`),
    ]);

    expect((await work.lending(copy, AWS)).code).toBe(0);
    expect(await itemsOf(await openBulkDynamoDb(table, optionsAt()))).toEqual(
      await itemsOf(openSqliteSource(work.path('source.db'))),
    );
    await target.close();
  });
});
