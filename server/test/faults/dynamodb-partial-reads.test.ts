import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../src/storage/store.ts';
import { THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { newCommand, openProxiedTable, outcomeOf, type ProxiedTable, put } from '../../src/testing/dynamodb/proxied-store.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Reads that DynamoDB answers in parts. */

const BATCH = 'BatchGetItem';

let proxied: ProxiedTable;

/** Ten items, their keys, and what they hold. */
async function ten(): Promise<{ partition: string; keys: readonly Key<unknown>[]; data: readonly unknown[] }> {
  const partition = `things-${randomUUID()}`;
  const data = Array.from({ length: 10 }, (_, index) => index);
  const keys = data.map((index) => ({ partition, sort: `${index}` }));
  await proxied.straight.commit(
    newCommand(),
    keys.map((key, index) => put(key, index)),
  );
  return { partition, keys, data };
}

/** How many keys each batch asked for. */
function context(): number[] {
  return proxied.proxy.sent(BATCH).map(({ body }) => body.RequestItems[proxied.table].Keys.length);
}

describe.skipIf(endpoint === undefined)('a batch that is left undone in part', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
  });
  afterEach(() => proxied.proxy.clear());
  afterAll(() => proxied.stop());

  it('is asked for the rest until all is read', async () => {
    const { proxy, open } = proxied;
    const { keys, data } = await ten();
    proxy.next(BATCH, faults.leaveUnprocessed(4), faults.leaveUnprocessed(1));
    const items = await open().batchGet(keys);
    expect(items.map((item) => item?.data)).toEqual(data);
    expect(context()).toEqual([10, 6, 5]);
  });

  it('is asked for again where nothing was read', async () => {
    const { proxy, open } = proxied;
    const { keys, data } = await ten();
    proxy.next(
      BATCH,
      faults.leaveUnprocessed(0),
      faults.leaveUnprocessed(3),
      faults.leaveUnprocessed(0),
      faults.leaveUnprocessed(0),
    );
    const items = await open().batchGet(keys);
    expect(items.map((item) => item?.data)).toEqual(data);
    expect(context()).toEqual([10, 10, 7, 7, 7]);
  });

  it('is given up as throttled where nothing is read again and again', async () => {
    const { proxy, open } = proxied;
    const { keys } = await ten();
    proxy.always(BATCH, faults.leaveUnprocessed(0));
    expect(await outcomeOf(open().batchGet(keys))).toBe('throttled');
    expect(context()).toEqual([10, 10, 10, 10, 10]);
  });

  it('is given up as throttled where the rest is refused', async () => {
    const { proxy, open } = proxied;
    const { keys } = await ten();
    proxy.next(BATCH, faults.leaveUnprocessed(4), faults.respondWith(THROTTLED));
    expect(await outcomeOf(open().batchGet(keys))).toBe('throttled');
    expect(context()).toEqual([10, 6]);
  });

  it('is read whole where the connection breaks at the rest', async () => {
    const { proxy, open } = proxied;
    const { keys, data } = await ten();
    proxy.next(BATCH, faults.leaveUnprocessed(4), faults.resetAfterForwarding);
    const items = await open().batchGet(keys);
    expect(items.map((item) => item?.data)).toEqual(data);
    expect(context()).toEqual([10, 6, 6]);
  });

  it('is told apart from one that says nothing of the table', async () => {
    const { proxy, open } = proxied;
    const { keys, data } = await ten();
    proxy.next(
      BATCH,
      faults.garbledResponse(() => '{"Responses":{}}'),
    );
    const items = await open().batchGet(keys);
    expect(items.map((item) => item?.data)).toEqual(data);
    expect(context()).toEqual([10, 10]);
  });
});

describe.skipIf(endpoint === undefined)('a list that comes in pages', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
  });
  afterEach(() => proxied.proxy.clear());
  afterAll(() => proxied.stop());

  const inThrees = faults.rewrittenRequest((body) => ({ ...body, Limit: Math.min(body.Limit, 3) }));

  it('is read to its end, or as far as it was wanted', async () => {
    const { proxy, open } = proxied;
    const { partition, data } = await ten();
    proxy.always('Query', inThrees);
    const store = open();
    expect((await store.list({ partition, prefix: '', limit: 100 })).map((item) => item.data)).toEqual(data);
    expect(proxy.sent('Query').map(({ body }) => body.Limit)).toEqual([100, 97, 94, 91]);
    expect((await store.list({ partition, prefix: '', limit: 5 })).map((item) => item.data)).toEqual(data.slice(0, 5));
  });

  it('is read whole where the connection breaks between two pages', async () => {
    const { proxy, open } = proxied;
    const { partition, data } = await ten();
    proxy.always('Query', inThrees);
    proxy.next('Query', inThrees, faults.resetBeforeForwarding, inThrees, faults.resetMidResponse);
    expect((await open().list({ partition, prefix: '', limit: 100 })).map((item) => item.data)).toEqual(data);
  });

  it('is not told in part where a page can not be had', async () => {
    const { proxy, open } = proxied;
    const { partition } = await ten();
    proxy.always('Query', faults.respondWith(THROTTLED));
    proxy.next('Query', inThrees);
    expect(await outcomeOf(open().list({ partition, prefix: '', limit: 100 }))).toBe('throttled');
  });
});
