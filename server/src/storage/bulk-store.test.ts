import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonResponse, THROTTLED } from '../testing/dynamodb/errors.ts';
import { type Exchange, startDynamoDbProxy } from '../testing/dynamodb/proxy.ts';
import { endpoint, newTable, optionsAt } from '../testing/dynamodb/tables.ts';
import { tempFile } from '../testing/process/temp-store.ts';
import type { BulkStore, StoredItem, StoredPage } from './bulk-store.ts';
import { command } from './contract/helpers.ts';
import { openBulkDynamoDb } from './dynamodb/bulk.ts';
import { openDynamoDb } from './dynamodb/dynamodb-store.ts';
import { createTable } from './dynamodb/table.ts';
import { storeMetadataKey } from './keys.ts';
import { openSqliteSource, openSqliteTarget } from './sqlite/bulk.ts';
import { openForWriting } from './sqlite/connection.ts';
import { openSqlite } from './sqlite/sqlite-store.ts';
import { type Key, type Store, StoreSetupError } from './store.ts';

/** One store, opened as a test needs it and closed when the test has finished. */
interface Opened {
  bulk(): Promise<BulkStore>;
  store(): Promise<Store>;
}

async function sqlite(): Promise<Opened> {
  const path = tempFile();
  const bulk = async () => closedAfterTest(openSqliteTarget(path));
  return { bulk, store: async () => closedAfterTest(openSqlite(path)) };
}

async function dynamoDb(at = endpoint): Promise<Opened> {
  const table = await newTable();
  const bulk = async () => closedAfterTest(await openBulkDynamoDb(table, optionsAt(at)));
  return { bulk, store: async () => closedAfterTest(openDynamoDb(table, optionsAt())) };
}

function closedAfterTest<Closed extends { close(): Promise<void> }>(opened: Closed): Closed {
  onTestFinished(() => opened.close());
  return opened;
}

/** Items with and without index entry and expiry; enough for several pages and batches. */
const ITEMS: readonly StoredItem[] = Array.from({ length: 1203 }, (_, n) => ({
  key: { partition: `things ${n % 7}`, sort: `ä ${String(n).padStart(5, '0')}` },
  version: 1 + (n % 40),
  command: command(`command ${n}`),
  text: n % 2 === 0 ? `{ "n":${n}.0, "😀": "\\u00e4" }` : 'null',
  ...(n % 3 === 0 && { index: { partition: 'people', sort: `${n}` } }),
  ...(n % 5 === 0 && { expiresAt: 4_000_000_000_001 + n }),
}));

async function pagesOf(store: BulkStore, after?: Key): Promise<StoredPage[]> {
  const pages: StoredPage[] = [];
  for await (const page of store.pages(after)) pages.push(page);
  return pages;
}

async function itemsOf(store: BulkStore): Promise<StoredItem[]> {
  return sorted((await pagesOf(store)).flatMap(({ items }) => items));
}

function sorted(items: readonly StoredItem[]): StoredItem[] {
  const textOf = ({ key }: StoredItem) => `${key.partition}\n${key.sort}`;
  return items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

const ENGINES = [['SQLite', sqlite] as const, ...(endpoint === undefined ? [] : [['DynamoDB', dynamoDb] as const])];

describe.each(ENGINES)('a bulk store in %s', (_, open) => {
  it('returns all items exactly as they were put last', async () => {
    const store = await (await open()).bulk();
    await store.put(ITEMS.map((item) => ({ ...item, version: 99, text: '"other"' })));
    await store.put(ITEMS.slice(0, 700));
    await store.put(ITEMS.slice(500));
    expect(await itemsOf(store)).toEqual(sorted(ITEMS));
    expect(await store.size()).toBe(ITEMS.length);
  });

  it('continues after any page', async () => {
    const store = await (await open()).bulk();
    const random = randomBytes(2000).toString('base64'); // can't be deflated to less than 2000 bytes
    const large = ITEMS.map((item, n) => ({ ...item, text: JSON.stringify(n % 2 === 0 ? random : 'small') }));
    await store.put(large);
    const pages = await pagesOf(store);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.map(({ next }) => next === undefined)).toEqual(pages.map((page) => page === pages.at(-1)));
    for (const [position, { next }] of pages.entries()) {
      if (next) expect(await pagesOf(store, next)).toEqual(pages.slice(position + 1));
    }
  });

  it('reads what the store has committed, with its expiry in milliseconds', async () => {
    const opened = await open();
    const [store, bulk] = [await opened.store(), await opened.bulk()];
    const key = { partition: 'things', sort: 'a' };
    const expiresAt = Date.now() + 86_400_123;
    const index = { partition: 'people', sort: '1' };
    await store.commit(command('first'), [{ key, expected: 0, data: { name: 'Ana' }, index, expiresAt }]);
    expect(await itemsOf(bulk)).toEqual([{ key, version: 1, command: 'first', text: '{"name":"Ana"}', index, expiresAt }]);
  });

  it('can be opened as a store that reads, lists and changes the items put', async () => {
    const opened = await open();
    const bulk = await opened.bulk();
    const key = { partition: 'things', sort: 'a' };
    const index = { partition: 'people', sort: '1' };
    await bulk.put([{ key, version: 7, command: command('old'), text: '{"name":"Ana"}', index }]);
    const store = await opened.store();
    expect(await store.get([key])).toEqual([{ key, version: 7, command: 'old', data: { name: 'Ana' } }]);
    await expect.poll(() => store.listIndex({ partition: 'people', limit: 5 })).toEqual([{ key, position: '1' }]);
    expect(await store.commit(command('new'), [{ key, expected: 7, data: 1 }])).toEqual({ committed: true });
  });

  it('drops an item of one version, and not of another', async () => {
    const store = await (await open()).bulk();
    const [item] = ITEMS.slice(8);
    await store.put(item ? [item] : []);
    const key = item?.key ?? { partition: '', sort: '' };
    expect(await store.drop(key, 8)).toBe(false);
    expect(await itemsOf(store)).toEqual([item]);
    expect(await store.drop(key, 9)).toBe(true);
    expect(await itemsOf(store)).toEqual([]);
  });
});

describe('a SQLite source', () => {
  it('is of the moment when it was opened, while others write', async () => {
    const path = tempFile();
    const store = closedAfterTest(openSqlite(path));
    await store.commit(command('first'), [{ key: { partition: 'things', sort: 'a' }, expected: 0, data: 1 }]);
    const source = closedAfterTest(openSqliteSource(path));
    await store.commit(command('second'), [{ key: { partition: 'things', sort: 'a' }, expected: 1, data: 2 }]);
    await store.commit(command('third'), [{ key: { partition: 'things', sort: 'b' }, expected: 0, data: 3 }]);
    expect(await itemsOf(source)).toMatchObject([{ key: { sort: 'a' }, version: 1, text: '1' }]);
  });
});

describe('a store of format 1', () => {
  const older = (needed: number) =>
    `was written by an older Private Lending (format 1; this program needs ${needed}). Name a new file or table in STORE`;

  it.each([
    ['source', openSqliteSource],
    ['target', openSqliteTarget],
  ])('is rejected in SQLite as the %s of a copy', (_, open) => {
    const path = tempFile();
    const database = openForWriting(path);
    database.pragma('user_version = 1');
    database.close();
    expect(() => open(path)).toThrow(StoreSetupError);
    expect(() => open(path)).toThrow(`${path} ${older(3)}`);
  });

  it.skipIf(endpoint === undefined)('is rejected in DynamoDB as the source or target of a copy, and by init', async () => {
    const table = await newTable();
    const store = closedAfterTest(openDynamoDb(table, optionsAt()));
    const secret = storeMetadataKey<unknown>('secret');
    await store.commit(command('secret'), [{ key: secret, expected: 0, data: { secret: 'of format 1' } }]);
    for (const open of [() => openBulkDynamoDb(table, optionsAt()), () => createTable(table, optionsAt())]) {
      await expect(open()).rejects.toThrow(StoreSetupError);
      await expect(open()).rejects.toThrow(`"${table}" ${older(2)}`);
    }
  });
});

describe.skipIf(endpoint === undefined)('a DynamoDB target', () => {
  it('retries unprocessed items and throttled batches', async () => {
    const proxy = await startDynamoDbProxy(endpoint ?? '');
    onTestFinished(() => proxy.stop());
    const counts = { throttled: 0, unprocessed: 0 };
    proxy.always('BatchWriteItem', async (exchange) => {
      if (proxy.sent('BatchWriteItem').length % 3 === 0) {
        counts.throttled += 1;
        return exchange.respond(THROTTLED);
      }
      counts.unprocessed += await leaveEverySecondUnprocessed(exchange);
    });
    const store = await (await dynamoDb(proxy.endpoint)).bulk();
    await store.put(ITEMS.slice(0, 400));
    expect(await itemsOf(store)).toEqual(sorted(ITEMS.slice(0, 400)));
    expect(counts.throttled).toBeGreaterThan(2);
    expect(counts.unprocessed).toBeGreaterThan(5);
  });
});

/** Of batches with more than three items. @returns the number of unprocessed items */
async function leaveEverySecondUnprocessed({ request, forward, respond }: Exchange): Promise<number> {
  const [[table, items] = ['', []]] = Object.entries<unknown[]>(request.body.RequestItems);
  const left = items.length > 3 ? items.filter((_, n) => n % 2 === 1) : [];
  const written = items.filter((item) => !left.includes(item));
  const response = await forward(JSON.stringify({ ...request.body, RequestItems: { [table]: written } }));
  respond(left.length > 0 ? jsonResponse(200, { UnprocessedItems: { [table]: left } }) : response);
  return left.length;
}
