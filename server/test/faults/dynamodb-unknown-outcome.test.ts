import { describe, expect, it } from 'vitest';
import { storedItemOf, toAttributes } from '../../src/storage/dynamodb/items.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, errorResponse, INTERNAL, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import {
  newCommand,
  newKey,
  outcomeOf,
  type ProxiedTable,
  put,
  useProxiedTable,
} from '../../src/testing/dynamodb/proxied-store.ts';
import type { ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Commits whose outcome is unknown at first. */

const COMMIT = 'TransactWriteItems';

const LOST_RESPONSES: Readonly<Record<string, ProxyRule>> = {
  'a reset before the response': faults.resetAfterForwarding,
  'a reset in the middle of the response': faults.resetMidResponse,
  'half a response': faults.truncatedResponse,
  'a response that is not JSON': faults.malformedResponse,
  'an empty object as response': faults.emptyResponse,
  'an internal error of DynamoDB': faults.forwardAndRespondWith(INTERNAL),
};

const LATER_FAILURES: Readonly<Record<string, ProxyRule>> = {
  throttling: faults.respondWith(THROTTLED),
  'a cancellation for throttling': faults.respondWith(cancelledTransaction(['ThrottlingError'])),
  'endless conflicts': faults.respondWith(cancelledTransaction(['TransactionConflict'])),
  'an expired token': faults.respondWith(errorResponse('ExpiredTokenException', 'The security token is expired.')),
};

/** All attempts were the same byte for byte: one transaction under one token. */
function expectOneTransaction({ proxy }: ProxiedTable, attempts: number): void {
  const sent = proxy.sent(COMMIT);
  expect(sent).toHaveLength(attempts);
  expect(new Set(sent.map(({ text }) => text)).size).toBe(1);
  expect(sent[0]?.body.ClientRequestToken).toMatch(/^[0-9a-f-]{36}$/);
}

describe.skipIf(endpoint === undefined)('a commit that was carried out without a response', () => {
  const proxied = useProxiedTable();

  it.each(Object.entries(LOST_RESPONSES))('commits once despite %s', async (_title, lost) => {
    const { proxy, open, direct, dataAt } = proxied;
    const [fresh, known] = [newKey(), newKey()];
    await direct.commit(newCommand(), [put(known, 'before')]);
    const command = newCommand();
    proxy.next(COMMIT, lost);
    expect(await open().commit(command, [put(fresh, 'new'), put(known, 'after', 1)])).toEqual({ committed: true });
    expectOneTransaction(proxied, 2);
    expect(proxy.sent(COMMIT).map(({ response }) => response?.status)).toEqual([200, 200]);
    expect(await dataAt(fresh, known)).toEqual(['new', 'after']);
    expect(await direct.get([fresh, known])).toMatchObject([
      { version: 1, command },
      { version: 2, command },
    ]);
  });

  it('commits once if the response is lost twice', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetAfterForwarding, faults.resetMidResponse);
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(proxied, 3);
    expect(await dataAt(key)).toEqual([1]);
  });

  it('does not conflict with its own items if the database treats the retry as another commit', async () => {
    const { proxy, open, direct } = proxied;
    const [key, other] = [newKey(), newKey()];
    await direct.commit(newCommand(), [put(other, 'before')]);
    const command = newCommand();
    proxy.next(COMMIT, faults.resetAfterForwarding, faults.withNewToken);
    expect(await open().commit(command, [put(key, 1), put(other, 'after', 1)])).toEqual({ committed: true });
    expect(proxy.sent(COMMIT)[1]?.response?.text).toContain('ConditionalCheckFailed, ConditionalCheckFailed');
    expect(await direct.get([key, other])).toMatchObject([
      { version: 1, command },
      { version: 2, command },
    ]);
  });

  it('succeeds if others have overwritten the only item whose condition failed', async () => {
    const { proxy, open, direct, dataAt } = proxied;
    const [history, contested] = [newKey(), newKey()];
    const theirs = newCommand();
    proxy.next(COMMIT, faults.resetAfterForwarding, async ({ respond }) => {
      await direct.commit(theirs, [put(contested, 'theirs', 1)]);
      const Item = toAttributes(storedItemOf(theirs, put(contested, 'theirs', 1)));
      respond(cancelledTransaction(['None', { Code: 'ConditionalCheckFailed', Item }]));
    });
    expect(await open().commit(newCommand(), [put(history, 'ours'), put(contested, 'ours')])).toEqual({ committed: true });
    expect(await dataAt(history, contested)).toEqual(['ours', 'theirs']);
  });

  it('fails a commit as unavailable if no attempt gets a response', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    proxy.always(COMMIT, faults.resetAfterForwarding);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('unavailable');
    expectOneTransaction(proxied, 3);
    expect(await dataAt(key)).toEqual([1]);
  });

  it.each(Object.entries(LATER_FAILURES))('fails a commit as unavailable if its retries meet %s', async (_title, rule) => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetAfterForwarding);
    proxy.always(COMMIT, rule);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('unavailable');
    expect(await dataAt(key)).toEqual([1]);
  });

  it('resolves an unknown outcome before the store closes', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    const held = faults.holdRequest();
    proxy.next(COMMIT, faults.resetAfterForwarding, held.rule);
    const store = open();
    const commit = store.commit(newCommand(), [put(key, 1)]);
    await held.arrived;
    const closed = store.close();
    held.release();
    expect(await Promise.all([commit, closed])).toEqual([{ committed: true }, undefined]);
    expectOneTransaction(proxied, 2);
    expect(await dataAt(key)).toEqual([1]);
  });

  it('throws the error of a token that was used for another transaction', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    const withOtherData = faults.rewrittenRequest(({ TransactItems: [{ Put }], ...rest }) => {
      return { ...rest, TransactItems: [{ Put: { ...Put, Item: { ...Put.Item, d: { S: '2' } } } }] };
    });
    proxy.next(COMMIT, faults.resetAfterForwarding, withOtherData);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('IdempotentParameterMismatchException');
    expect(await dataAt(key)).toEqual([1]);
  });
});

describe.skipIf(endpoint === undefined)('a commit that may not have reached DynamoDB', () => {
  const proxied = useProxiedTable();

  it('commits with a later attempt', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetBeforeForwarding, faults.respondWith(INTERNAL));
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(proxied, 3);
    expect(proxy.sent(COMMIT).map(({ response }) => response?.status)).toEqual([undefined, undefined, 200]);
    expect(await dataAt(key)).toEqual([1]);
  });

  it('writes nothing if no attempt arrives', async () => {
    const { proxy, open, dataAt } = proxied;
    const [one, other] = [newKey(), newKey()];
    proxy.always(COMMIT, faults.resetBeforeForwarding);
    expect(await outcomeOf(open().commit(newCommand(), [put(one, 1), put(other, 2)]))).toBe('unavailable');
    expectOneTransaction(proxied, 3);
    expect(await dataAt(one, other)).toEqual([undefined, undefined]);
  });

  it('reports a version conflict if another commit was faster', async () => {
    const { proxy, open, direct, dataAt } = proxied;
    const [key, other] = [newKey(), newKey()];
    const command = newCommand();
    proxy.next(COMMIT, async ({ reset }) => {
      await direct.commit(command, [put(key, 'theirs')]);
      reset();
    });
    const result = await open().commit(newCommand(), [put(other, 'ours'), put(key, 'ours')]);
    expect(result).toEqual({ committed: false, current: new Map([[1, { key, version: 1, command, data: 'theirs' }]]) });
    expect(await dataAt(key, other)).toEqual(['theirs', undefined]);
  });

  it('resends a commit under the same token while the database still executes it', async () => {
    const { proxy, open, dataAt } = proxied;
    const key = newKey();
    const isOver = Promise.withResolvers<void>();
    const conflicts = simulateConflicts(() => isOver.promise);
    let first: unknown;
    proxy.next(
      COMMIT,
      (exchange) => {
        first = conflicts({ ...exchange, respond() {} });
        exchange.reset();
      },
      (exchange) => conflicts({ ...exchange, respond: (response) => void finish().then(() => exchange.respond(response)) }),
      conflicts,
    );
    async function finish(): Promise<void> {
      isOver.resolve();
      await first;
    }
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(proxied, 3);
    expect(await dataAt(key)).toEqual([1]);
  });
});
