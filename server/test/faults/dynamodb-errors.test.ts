import { describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { errorResponse, INTERNAL, NO_BACKEND, RATE_EXCEEDED, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import {
  newCommand,
  newKey,
  outcomeOf,
  type ProxiedTable,
  put,
  useProxiedTable,
} from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY, type ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint, optionsAt } from '../../src/testing/dynamodb/tables.ts';

/* The outcome of each store call while requests to DynamoDB fail, and how often they are sent. */

const CALLS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'get of one item': (store) => store.get([newKey()]),
  'get of two items': (store) => store.get([newKey(), newKey()]),
  batchGet: (store) => store.batchGet([newKey(), newKey()]),
  list: (store) => store.list({ partition: 'nothing', prefix: '', limit: 5 }),
  listIndex: (store) => store.listIndex({ partition: 'nothing', limit: 5 }),
  commit: (store) => store.commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]),
};

const RESULTS: Readonly<Record<string, unknown>> = {
  'get of one item': [undefined],
  'get of two items': [undefined, undefined],
  batchGet: [undefined, undefined],
  list: [],
  listIndex: [],
  commit: { committed: true },
};

interface Fault {
  readonly title: string;
  readonly rule: ProxyRule;
  /** Default: far more than DynamoDB Local needs. */
  readonly attemptTimeoutMs?: number;
}

const serviceError = (name: string): Fault => ({ title: name, rule: faults.respondWith(errorResponse(name, 'No.')) });

const THROTTLINGS: readonly Fault[] = [
  { title: 'ProvisionedThroughputExceededException', rule: faults.respondWith(THROTTLED) },
  { title: 'ThrottlingException', rule: faults.respondWith(RATE_EXCEEDED) },
  serviceError('RequestLimitExceeded'),
];

const MISCONFIGURATIONS: readonly Fault[] = [
  serviceError('AccessDeniedException'),
  serviceError('ExpiredTokenException'),
  serviceError('UnrecognizedClientException'),
  serviceError('ResourceNotFoundException'),
];

/** After this the request may or may not have been carried out. */
const INTERRUPTIONS: readonly Fault[] = [
  { title: 'an internal error of DynamoDB', rule: faults.respondWith(INTERNAL) },
  { title: 'a load balancer without a backend', rule: faults.respondWith(NO_BACKEND) },
  { title: 'a reset before the request is forwarded', rule: faults.resetBeforeForwarding },
  { title: 'a reset before the response', rule: faults.resetAfterForwarding },
  { title: 'a reset in the middle of the response', rule: faults.resetMidResponse },
  { title: 'half a response', rule: faults.truncatedResponse },
  { title: 'a response that is not JSON', rule: faults.malformedResponse },
  { title: 'a response of another protocol', rule: faults.respondWith({ ...NO_BACKEND, status: 200 }) },
  { title: 'an empty object as response', rule: faults.emptyResponse },
  { title: 'a response without a body', rule: faults.garbledResponse(() => '') },
  { title: 'a response of the wrong shape', rule: faults.garbledResponse(() => '{"Responses":5,"Items":5,"Item":5}') },
  { title: 'a request that never arrives', rule: faults.notForwarded, attemptTimeoutMs: 400 },
  { title: 'no response to a request carried out', rule: faults.forwardedWithoutResponse, attemptTimeoutMs: 400 },
  { title: 'a response that is too slow', rule: faults.slowResponse(20), attemptTimeoutMs: 400 },
];

/** Long enough for a response without faults. */
const SUFFICIENT_TIMEOUT_MS = 1500;
const SINGLE_INTERRUPTIONS = INTERRUPTIONS.filter(
  ({ rule, attemptTimeoutMs }) => attemptTimeoutMs === undefined || rule === faults.forwardedWithoutResponse,
);

/** Makes all calls at once during a fault. @returns the outcome of each, and the requests sent by operation */
async function callsDuring({ rule, attemptTimeoutMs }: Fault, { proxy, open }: ProxiedTable): Promise<unknown> {
  const store = open({ attemptTimeoutMs });
  proxy.always(ANY, rule);
  const outcomes = await Promise.all(Object.values(CALLS).map((call) => outcomeOf(call(store))));
  const operations = ['GetItem', 'TransactGetItems', 'BatchGetItem', 'Query', 'TransactWriteItems'];
  return { outcomes, sent: operations.map((operation) => proxy.sent(operation).length) };
}

/** The same outcome for every call after so many attempts; two of the calls are queries. */
function every(outcome: string, attempts: number): unknown {
  return { outcomes: Object.keys(CALLS).map(() => outcome), sent: [1, 1, 1, 2, 1].map((requests) => requests * attempts) };
}

describe.skipIf(endpoint === undefined)('a request to DynamoDB', () => {
  const proxied = useProxiedTable();

  it.each(THROTTLINGS)('does not resend a throttled request: $title', async (fault) => {
    expect(await callsDuring(fault, proxied)).toEqual(every('throttled', 1));
  });

  it.each(MISCONFIGURATIONS)('does not resend a request that would fail again: $title', async (fault) => {
    expect(await callsDuring(fault, proxied)).toEqual(every('unavailable', 1));
  });

  it('sends no request without credentials, which it loads once', async () => {
    let requested = 0;
    const credentials = async () => {
      requested += 1;
      throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
    };
    const { client } = optionsAt(proxied.proxy.endpoint);
    const store = openDynamoDb(proxied.table, { client: { ...client, credentials } });
    for (const call of Object.values(CALLS)) expect(await outcomeOf(call(store))).toBe('unavailable');
    expect([requested, proxied.proxy.requests]).toEqual([Object.keys(CALLS).length, []]);
    await store.close();
  });

  it('does not resend an invalid request, and throws its error', async () => {
    expect(await callsDuring(serviceError('ValidationException'), proxied)).toEqual(every('ValidationException', 1));
  });

  it.each(INTERRUPTIONS)('sends an interrupted request three times at most: $title', async (fault) => {
    expect(await callsDuring(fault, proxied)).toEqual(every('unavailable', 3));
  });

  it.each(SINGLE_INTERRUPTIONS)('succeeds with the second attempt: $title', async ({ rule, attemptTimeoutMs }) => {
    const { proxy, open } = proxied;
    const store = open({ attemptTimeoutMs: attemptTimeoutMs && SUFFICIENT_TIMEOUT_MS });
    for (const operation of ['GetItem', 'TransactGetItems', 'BatchGetItem', 'TransactWriteItems']) proxy.next(operation, rule);
    proxy.next('Query', rule, rule);
    const outcomes = await Promise.all(Object.values(CALLS).map((call) => outcomeOf(call(store))));
    expect(outcomes).toEqual(Object.values(RESULTS));
    expect(proxy.requests).toHaveLength(2 * outcomes.length);
  });

  it('reports a read as throttled if its retry is throttled', async () => {
    const { proxy, open } = proxied;
    proxy.next('GetItem', faults.resetBeforeForwarding, faults.respondWith(THROTTLED));
    expect(await outcomeOf(open().get([newKey()]))).toBe('throttled');
    expect(proxy.requests).toHaveLength(2);
  });

  it('fails requests while the database is down, and succeeds on the same store afterwards', async () => {
    const store = proxied.open();
    await proxied.proxy.shut();
    for (const call of Object.values(CALLS)) expect(await outcomeOf(call(store))).toBe('unavailable');
    expect(proxied.proxy.requests).toEqual([]);
    await proxied.proxy.reopen();
    for (const [name, call] of Object.entries(CALLS)) expect(await outcomeOf(call(store))).toEqual(RESULTS[name]);
  });
});
