import { describe, expect, it, vi } from 'vitest';
import { storedItemOf, toAttributes } from '../../src/storage/dynamodb/items.ts';
import type { Item, Key } from '../../src/storage/store.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, errorResponse } from '../../src/testing/dynamodb/errors.ts';
import { holdRequest, respondWith } from '../../src/testing/dynamodb/faults.ts';
import { newCommand, newKey, outcomeOf, put, useProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Transactions that DynamoDB cancels: for conflicts, for throttling, or without a usable reason. */

const COMMIT = 'TransactWriteItems';
const READ = 'TransactGetItems';
const ATTEMPTS_MAX = 7;
const WAITING = { interval: 1, timeout: 20_000 };

const CONFLICT = 'TransactionConflict';
const FAILED = 'ConditionalCheckFailed';

const THEIRS = newCommand();

/** A failed condition, with the current item. */
function failed(key: Key, data: unknown) {
  return { Code: FAILED, Message: 'The conditional request failed', Item: toAttributes(storedItemOf(THEIRS, put(key, data))) };
}

function theirItem(key: Key, data: unknown): Item<unknown> {
  return { key, version: 1, command: THEIRS, data };
}

describe.skipIf(endpoint === undefined)('a DynamoDB transaction that conflicts with another', () => {
  const proxied = useProxiedTable();

  it.each([[[CONFLICT, 'None']], [['None', CONFLICT]], [[CONFLICT, CONFLICT]]])(
    'is retried under a new token until it commits: %s',
    async (reasons) => {
      const { proxy, open, dataAt, tokens } = proxied;
      const [one, other] = [newKey(), newKey()];
      proxy.next(COMMIT, respondWith(cancelledTransaction(reasons)), respondWith(cancelledTransaction(reasons)));
      expect(await open().commit(newCommand(), [put(one, 1), put(other, 2)])).toEqual({ committed: true });
      expect(new Set(tokens()).size).toBe(3);
      expect(new Set(proxy.sent(COMMIT).map(({ body }) => JSON.stringify(body.TransactItems))).size).toBe(1);
      expect(await dataAt(one, other)).toEqual([1, 2]);
    },
  );

  it('retries a conflicting commit whose condition failed too, and returns the current items', async () => {
    const { proxy, open, direct, dataAt } = proxied;
    const [contested, taken] = [newKey(), newKey()];
    await direct.commit(THEIRS, [put(taken, 'theirs')]);
    proxy.next(COMMIT, respondWith(cancelledTransaction([CONFLICT, failed(taken, 'theirs')])));
    const result = await open().commit(newCommand(), [put(contested, 1), put(taken, 2)]);
    expect(result).toEqual({ committed: false, current: new Map([[1, theirItem(taken, 'theirs')]]) });
    expect(proxy.sent(COMMIT)).toHaveLength(2);
    expect(await dataAt(contested)).toEqual([undefined]);
  });

  it('reports the failed condition of a commit whose conflict never ends', async () => {
    const { proxy, open } = proxied;
    const [contested, taken, gone] = [newKey(), newKey(), newKey()];
    proxy.always(COMMIT, respondWith(cancelledTransaction([CONFLICT, failed(taken, 'theirs'), FAILED])));
    const result = await open().commit(newCommand(), [put(contested, 1), put(taken, 2), put(gone, 3, 1)]);
    expect(result).toEqual({
      committed: false,
      current: new Map([
        [1, theirItem(taken, 'theirs')],
        [2, undefined],
      ]),
    });
    expect(proxy.sent(COMMIT)).toHaveLength(ATTEMPTS_MAX);
  });

  it('fails a commit as busy after seven conflicts, and writes nothing', async () => {
    const { proxy, open, dataAt, tokens } = proxied;
    const [one, other] = [newKey(), newKey()];
    proxy.always(COMMIT, respondWith(cancelledTransaction([CONFLICT, 'None'])));
    expect(await outcomeOf(open().commit(newCommand(), [put(one, 1), put(other, 2)]))).toBe('busy');
    expect(new Set(tokens()).size).toBe(ATTEMPTS_MAX);
    expect(await dataAt(one, other)).toEqual([undefined, undefined]);
  });

  it('retries a read until a conflicting transaction ends, or fails it as busy', async () => {
    const { proxy, open, direct } = proxied;
    const [one, other] = [newKey(), newKey()];
    await direct.commit(newCommand(), [put(one, 1), put(other, 2)]);
    const conflicts = [
      ['None', CONFLICT],
      [CONFLICT, 'None'],
    ].map((reasons) => respondWith(cancelledTransaction(reasons)));
    proxy.next(READ, ...conflicts);
    expect(await open().get([one, other])).toMatchObject([{ data: 1 }, { data: 2 }]);
    expect(proxy.sent(READ)).toHaveLength(3);
    proxy.always(READ, respondWith(cancelledTransaction(['None', CONFLICT])));
    expect(await outcomeOf(open().get([one, other]))).toBe('busy');
    expect(proxy.sent(READ)).toHaveLength(3 + ATTEMPTS_MAX);
  });
});

describe.skipIf(endpoint === undefined)('concurrent DynamoDB transactions on one item', () => {
  const proxied = useProxiedTable();

  /** Starts `second` while `first` is under way, and lets `first` end after `second` was rejected at least once. */
  async function overlapping<First, Second>(first: () => Promise<First>, second: () => Promise<Second>, operation: string) {
    const { proxy } = proxied;
    const isOver = Promise.withResolvers<void>();
    proxy.always(
      ANY,
      simulateConflicts(() => isOver.promise),
    );
    const firstDone = first();
    await vi.waitUntil(() => proxy.sent(COMMIT).length === 1, WAITING);
    const before = proxy.sent(operation).length;
    const secondDone = second();
    await vi.waitUntil(() => proxy.sent(operation).length >= before + 2, WAITING);
    isOver.resolve();
    return Promise.all([firstDone, secondDone]);
  }

  it('commits one of two conflicting commits, and returns the current item to the other', async () => {
    const { open, dataAt } = proxied;
    const [shared, own, others] = [newKey(), newKey(), newKey()];
    const store = open();
    const [first, second] = await overlapping(
      () => store.commit(THEIRS, [put(own, 'first'), put(shared, 'first')]),
      () => store.commit(newCommand(), [put(shared, 'second'), put(others, 'second')]),
      COMMIT,
    );
    expect(first).toEqual({ committed: true });
    expect(second).toEqual({ committed: false, current: new Map([[0, theirItem(shared, 'first')]]) });
    expect(await dataAt(shared, own, others)).toEqual(['first', 'first', undefined]);
  });

  it('delays a read during a commit, and then returns all of the commit', async () => {
    const [one, other] = [newKey(), newKey()];
    const store = proxied.open();
    const [, items] = await overlapping(
      () => store.commit(newCommand(), [put(one, 1), put(other, 2)]),
      () => store.get([one, other]),
      READ,
    );
    expect(items).toMatchObject([{ data: 1 }, { data: 2 }]);
  });

  it('loses none of ten concurrent increments', async () => {
    const { proxy, open, direct } = proxied;
    const key = newKey();
    proxy.always(ANY, simulateConflicts());
    const store = open();
    const increment = async (): Promise<void> => {
      for (;;) {
        const [item] = await direct.get([key]);
        const count = Number(item?.data ?? 0) + 1;
        const outcome = await outcomeOf(store.commit(newCommand(), [put(key, count, item?.version ?? 0)]));
        if (Object(outcome).committed) return;
      }
    };
    await Promise.all(Array.from({ length: 10 }, increment));
    expect(await direct.get([key])).toMatchObject([{ version: 10, data: 10 }]);
  });

  it('does not delay commits on other items during a conflict', async () => {
    const { proxy, open } = proxied;
    const held = holdRequest();
    proxy.always(ANY, simulateConflicts());
    proxy.next(COMMIT, held.rule);
    const store = open();
    const first = store.commit(newCommand(), [put(newKey(), 1)]);
    await held.arrived;
    expect(await store.commit(newCommand(), [put(newKey(), 1)])).toEqual({ committed: true });
    held.release();
    expect(await first).toEqual({ committed: true });
    expect(proxy.sent(COMMIT)).toHaveLength(2);
  });
});

describe.skipIf(endpoint === undefined)('a cancelled DynamoDB transaction', () => {
  const proxied = useProxiedTable();

  it.each([
    [['ThrottlingError', 'None']],
    [[FAILED, 'ProvisionedThroughputExceeded']],
    [[CONFLICT, 'ThrottlingError']],
    [['RequestLimitExceeded', 'RequestLimitExceeded']],
  ])('is throttled and not sent again for %s', async (reasons) => {
    const { proxy, open } = proxied;
    proxy.always(ANY, respondWith(cancelledTransaction(reasons)));
    const store = open();
    expect(await outcomeOf(store.commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]))).toBe('throttled');
    expect(await outcomeOf(store.get([newKey(), newKey()]))).toBe('throttled');
    expect(proxy.requests).toHaveLength(2);
  });

  it.each([
    ['none of which says anything', cancelledTransaction(['None', 'None'])],
    ['that are fewer than the writes', cancelledTransaction([FAILED])],
    ['that are more than the writes', cancelledTransaction([FAILED, 'None', 'None'])],
    ['that are missing', errorResponse('TransactionCanceledException', 'Transaction cancelled')],
    ['with a malformed item', cancelledTransaction([{ Code: FAILED, Item: { pk: { S: 'x' } } }, 'None'])],
  ])('is unavailable and not sent again for reasons %s', async (_how, response) => {
    const { proxy, open } = proxied;
    proxy.always(COMMIT, respondWith(response));
    expect(await outcomeOf(open().commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]))).toBe('unavailable');
    expect(proxy.requests).toHaveLength(1);
  });

  it('throws a programming error of a commit, without the current items', async () => {
    const { proxy, open } = proxied;
    const wrong = { Code: 'ValidationError', Message: 'Item size has exceeded the maximum allowed size' };
    proxy.always(COMMIT, respondWith(cancelledTransaction([failed(newKey(), 'a secret'), wrong])));
    const thrown = await open()
      .commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)])
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: 'Error', message: expect.stringContaining(`ValidationError: ${wrong.Message}`) });
    expect(JSON.stringify({ ...Object(thrown) })).not.toContain('a secret');
    expect(proxy.requests).toHaveLength(1);
  });
});
