import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { newCommand, outcomeOf, type ProxiedTable, put, useProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Reads that DynamoDB returns in parts. */

const BATCH = 'BatchGetItem';

async function tenItems({ direct }: ProxiedTable) {
  const partition = `things-${randomUUID()}`;
  const data = Array.from({ length: 10 }, (_, index) => index);
  const keys = data.map((index) => ({ partition, sort: `${index}` }));
  const writes = keys.map((key, index) => put(key, index));
  await direct.commit(newCommand(), writes);
  return { partition, keys, data };
}

describe.skipIf(endpoint === undefined)('batchGet on DynamoDB', () => {
  const proxied = useProxiedTable();

  /** The number of keys in each batch sent. */
  function batchSizes(): number[] {
    return proxied.proxy.sent(BATCH).map(({ body }) => body.RequestItems[proxied.table].Keys.length);
  }

  it.each([
    ['requests unprocessed keys until all are read', [faults.leaveUnprocessed(4), faults.leaveUnprocessed(1)], [10, 6, 5]],
    ['requests keys again of which none was read', [0, 3, 0, 0].map((read) => faults.leaveUnprocessed(read)), [10, 10, 7, 7, 7]],
    ['retries the rest after a reset', [faults.leaveUnprocessed(4), faults.resetAfterForwarding], [10, 6, 6]],
    ['retries after a response without the table', [faults.garbledResponse(() => '{"Responses":{}}')], [10, 10]],
  ])('%s', async (_title, rules, sizes) => {
    const { proxy, open } = proxied;
    const { keys, data } = await tenItems(proxied);
    proxy.next(BATCH, ...rules);
    const items = await open().batchGet(keys);
    expect(items.map((item) => item?.data)).toEqual(data);
    expect(batchSizes()).toEqual(sizes);
  });

  it('fails a read as throttled after five responses without progress', async () => {
    const { keys } = await tenItems(proxied);
    proxied.proxy.always(BATCH, faults.leaveUnprocessed(0));
    expect(await outcomeOf(proxied.open().batchGet(keys))).toBe('throttled');
    expect(batchSizes()).toEqual([10, 10, 10, 10, 10]);
  });

  it('fails a read as throttled if the rest of its keys is throttled', async () => {
    const { keys } = await tenItems(proxied);
    proxied.proxy.next(BATCH, faults.leaveUnprocessed(4), faults.respondWith(THROTTLED));
    expect(await outcomeOf(proxied.open().batchGet(keys))).toBe('throttled');
    expect(batchSizes()).toEqual([10, 6]);
  });
});

describe.skipIf(endpoint === undefined)('list on DynamoDB', () => {
  const proxied = useProxiedTable();

  const inThrees = faults.rewrittenRequest((body) => ({ ...body, Limit: Math.min(body.Limit, 3) }));

  it('reads all pages, or as many as the limit needs', async () => {
    const { proxy, open } = proxied;
    const { partition, data } = await tenItems(proxied);
    proxy.always('Query', inThrees);
    const store = open();
    expect((await store.list({ partition, prefix: '', limit: 100 })).map((item) => item.data)).toEqual(data);
    expect(proxy.sent('Query').map(({ body }) => body.Limit)).toEqual([100, 97, 94, 91]);
    expect((await store.list({ partition, prefix: '', limit: 5 })).map((item) => item.data)).toEqual(data.slice(0, 5));
  });

  it('reads all pages where the connection breaks between them', async () => {
    const { proxy, open } = proxied;
    const { partition, data } = await tenItems(proxied);
    proxy.always('Query', inThrees);
    proxy.next('Query', inThrees, faults.resetBeforeForwarding, inThrees, faults.resetMidResponse);
    expect((await open().list({ partition, prefix: '', limit: 100 })).map((item) => item.data)).toEqual(data);
  });

  it('returns no partial result where a page is throttled', async () => {
    const { proxy, open } = proxied;
    const { partition } = await tenItems(proxied);
    proxy.always('Query', faults.respondWith(THROTTLED));
    proxy.next('Query', inThrees);
    expect(await outcomeOf(open().list({ partition, prefix: '', limit: 100 }))).toBe('throttled');
  });
});
