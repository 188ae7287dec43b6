import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { errorResponse, INTERNAL, NO_BACKEND, RATE_EXCEEDED, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import {
  newCommand,
  newKey,
  openProxiedTable,
  outcomeOf,
  type ProxiedTable,
  put,
} from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint, optionsAt } from '../../src/testing/dynamodb/tables.ts';

/* What the port tells where a request to DynamoDB goes wrong, and how often it was sent by then. */

/** Every way in which the port asks DynamoDB for something. */
const CALLS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'get of one item': (store) => store.get([newKey()]),
  'get of two items': (store) => store.get([newKey(), newKey()]),
  batchGet: (store) => store.batchGet([newKey(), newKey()]),
  list: (store) => store.list({ partition: 'nothing', prefix: '', limit: 5 }),
  listIndex: (store) => store.listIndex({ partition: 'nothing', limit: 5 }),
  commit: (store) => store.commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]),
};

const FOUND: Readonly<Record<string, unknown>> = {
  'get of one item': [undefined],
  'get of two items': [undefined, undefined],
  batchGet: [undefined, undefined],
  list: [],
  listIndex: [],
  commit: { committed: true },
};

interface Fault {
  readonly how: string;
  readonly treatment: ProxyRule;
  /** Of each try; far more than DynamoDB Local needs, where left out. */
  readonly tryMsMax?: number;
}

const refused = (name: string): Fault => ({ how: name, treatment: faults.respondWith(errorResponse(name, 'No.')) });

const THROTTLINGS: readonly Fault[] = [
  { how: 'ProvisionedThroughputExceededException', treatment: faults.respondWith(THROTTLED) },
  { how: 'ThrottlingException', treatment: faults.respondWith(RATE_EXCEEDED) },
  refused('RequestLimitExceeded'),
];

const MISFITS: readonly Fault[] = [
  refused('AccessDeniedException'),
  refused('ExpiredTokenException'),
  refused('UnrecognizedClientException'),
  refused('ResourceNotFoundException'),
];

const BREAKDOWNS: readonly Fault[] = [
  { how: 'a fault within DynamoDB', treatment: faults.respondWith(INTERNAL) },
  { how: 'nobody behind the balancer', treatment: faults.respondWith(NO_BACKEND) },
  { how: 'a connection that breaks before the database is asked', treatment: faults.resetBeforeForwarding },
  { how: 'a connection that breaks before the answer', treatment: faults.resetAfterForwarding },
  { how: 'a connection that breaks in the middle of the answer', treatment: faults.resetMidResponse },
  { how: 'half an answer', treatment: faults.truncatedResponse },
  { how: 'an answer that is no JSON', treatment: faults.malformedResponse },
  { how: 'an answer of another protocol', treatment: faults.respondWith({ ...NO_BACKEND, status: 200 }) },
  { how: 'an answer that says nothing', treatment: faults.emptyResponse },
  { how: 'an answer without a body', treatment: faults.garbledResponse(() => '') },
  { how: 'an answer of the wrong kind', treatment: faults.garbledResponse(() => '{"Responses":5,"Items":5,"Item":5}') },
  { how: 'no answer', treatment: faults.notForwarded, tryMsMax: 400 },
  { how: 'no answer to what was done', treatment: faults.forwardedWithoutResponse, tryMsMax: 400 },
  { how: 'an answer that comes too slowly', treatment: faults.slowResponse(20), tryMsMax: 400 },
];

/** A time that an answer surely comes in, where it is to come. */
const SLOW_MS = 1500;
const ONCE = BREAKDOWNS.filter(({ how, tryMsMax }) => tryMsMax === undefined || how === 'no answer to what was done');

/** Asks in every way there is, at once, while a fault lasts: what each is told, and how many requests that took. */
async function askedDuring({ treatment, tryMsMax }: Fault, { proxy, open }: ProxiedTable): Promise<unknown> {
  const store = open(tryMsMax === undefined ? {} : { tryMsMax });
  proxy.always(ANY, treatment);
  const told = await Promise.all(Object.values(CALLS).map((call) => outcomeOf(call(store))));
  const sent = ['GetItem', 'TransactGetItems', 'BatchGetItem', 'Query', 'TransactWriteItems'].map(
    (name) => proxy.sent(name).length,
  );
  return { told, sent };
}

/** The same for every call, whose requests were sent so many times; two of the calls are queries. */
function all(told: string, times: number): unknown {
  return { told: Object.keys(CALLS).map(() => told), sent: [1, 1, 1, 2, 1].map((requests) => requests * times) };
}

describe.skipIf(endpoint === undefined)('a request to DynamoDB', () => {
  let proxied: ProxiedTable;

  beforeAll(async () => {
    proxied = await openProxiedTable();
  });

  afterEach(() => proxied.proxy.clear());

  afterAll(() => proxied.stop());

  it.each(THROTTLINGS)('is not sent again where there were too many: $how', async (fault) => {
    expect(await askedDuring(fault, proxied)).toEqual(all('throttled', 1));
  });

  it.each(MISFITS)('is not sent again where it would be refused again: $how', async (fault) => {
    expect(await askedDuring(fault, proxied)).toEqual(all('unavailable', 1));
  });

  it('is not sent where nobody can be signed in, which is tried once', async () => {
    let context = 0;
    const credentials = async () => {
      context += 1;
      throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
    };
    const { client } = optionsAt(proxied.proxy.endpoint);
    const store = openDynamoDb(proxied.table, { client: { ...client, credentials } });
    for (const call of Object.values(CALLS)) expect(await outcomeOf(call(store))).toBe('unavailable');
    expect([context, proxied.proxy.requests]).toEqual([Object.keys(CALLS).length, []]);
    await store.close();
  });

  it('is not sent again where it is our mistake, which is told as it is', async () => {
    expect(await askedDuring(refused('ValidationException'), proxied)).toEqual(all('ValidationException', 1));
  });

  it.each(BREAKDOWNS)('is sent three times, and no more: $how', async (fault) => {
    expect(await askedDuring(fault, proxied)).toEqual(all('unavailable', 3));
  });

  it.each(ONCE)('is carried out where that happens once: $how', async ({ treatment, tryMsMax }) => {
    const { proxy, open } = proxied;
    const store = open(tryMsMax === undefined ? {} : { tryMsMax: SLOW_MS });
    for (const operation of ['GetItem', 'TransactGetItems', 'BatchGetItem', 'TransactWriteItems']) proxy.next(operation, treatment);
    proxy.next('Query', treatment, treatment);
    const told = await Promise.all(Object.values(CALLS).map((call) => outcomeOf(call(store))));
    expect(told).toEqual(Object.values(FOUND));
    expect(proxy.requests).toHaveLength(2 * told.length);
  });

  it('is told as throttled where a read meets that after a break: nothing is in doubt', async () => {
    const { proxy, open } = proxied;
    proxy.next('GetItem', faults.resetBeforeForwarding, faults.respondWith(THROTTLED));
    expect(await outcomeOf(open().get([newKey()]))).toBe('throttled');
    expect(proxy.requests).toHaveLength(2);
  });

  it('is refused as long as nobody listens, and carried out on the same store when somebody does again', async () => {
    const store = proxied.open();
    await proxied.proxy.shut();
    for (const call of Object.values(CALLS)) expect(await outcomeOf(call(store))).toBe('unavailable');
    expect(proxied.proxy.requests).toEqual([]);
    await proxied.proxy.reopen();
    for (const [name, call] of Object.entries(CALLS)) expect(await outcomeOf(call(store))).toEqual(FOUND[name]);
  });
});
