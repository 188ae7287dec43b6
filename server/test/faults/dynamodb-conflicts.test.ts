import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { storedItemOf, toAttributes } from '../../src/storage/dynamodb/items.ts';
import type { Item, Key } from '../../src/storage/store.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, cancelledWithoutReasons } from '../../src/testing/dynamodb/errors.ts';
import { heldRequest, respondWith } from '../../src/testing/dynamodb/faults.ts';
import {
  newCommand,
  newKey,
  openProxiedTable,
  outcomeOf,
  type ProxiedTable,
  put,
  tokensIn,
} from '../../src/testing/dynamodb/proxied-store.ts';
import { ANY } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Transactions that are cancelled: by others, by throttling, or in a way that tells nothing. */

const COMMIT = 'TransactWriteItems';
const READ = 'TransactGetItems';
const TRIES_MAX = 7;
const WAITING = { interval: 1, timeout: 20_000 };

const CONFLICT = 'TransactionConflict';
const FAILED = 'ConditionalCheckFailed';

/** A failed condition, with what stands there instead. */
function failed(key: Key<unknown>, data: unknown) {
  return { Code: FAILED, Message: 'The conditional request failed', Item: toAttributes(storedItemOf(THEIRS, put(key, data))) };
}

const THEIRS = newCommand();

let proxied: ProxiedTable;

describe.skipIf(endpoint === undefined)('a transaction', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
  });
  afterEach(() => proxied.proxy.clear());
  afterAll(() => proxied.stop());

  describe('that meets another', () => {
    it.each([[[CONFLICT, 'None']], [['None', CONFLICT]], [[CONFLICT, CONFLICT]]])('is made anew, and done: %s', async (reasons) => {
      const { proxy, open, holds } = proxied;
      const [one, other] = [newKey(), newKey()];
      proxy.next(COMMIT, respondWith(cancelledTransaction(reasons)), respondWith(cancelledTransaction(reasons)));
      expect(await open().commit(newCommand(), [put(one, 1), put(other, 2)])).toEqual({ committed: true });
      expect(new Set(tokensIn(proxy)).size).toBe(3);
      expect(new Set(proxy.sent(COMMIT).map(({ body }) => JSON.stringify(body.TransactItems))).size).toBe(1);
      expect(await holds(one, other)).toEqual([1, 2]);
    });

    it('tells of a condition that failed besides what stands there in the end', async () => {
      const { proxy, open, straight, holds } = proxied;
      const [contested, taken] = [newKey(), newKey()];
      await straight.commit(THEIRS, [put(taken, 'theirs')]);
      proxy.next(COMMIT, respondWith(cancelledTransaction([CONFLICT, failed(taken, 'theirs')])));
      const result = await open().commit(newCommand(), [put(contested, 1), put(taken, 2)]);
      const item: Item<unknown> = { key: taken, version: 1, command: THEIRS, data: 'theirs' };
      expect(result).toEqual({ committed: false, current: new Map([[1, item]]) });
      expect(proxy.sent(COMMIT)).toHaveLength(2);
      expect(await holds(contested)).toEqual([undefined]);
    });

    it('is refused for the condition that failed, where the other never ends', async () => {
      const { proxy, open } = proxied;
      const [contested, taken, gone] = [newKey(), newKey(), newKey()];
      proxy.always(COMMIT, respondWith(cancelledTransaction([CONFLICT, failed(taken, 'theirs'), FAILED])));
      const result = await open().commit(newCommand(), [put(contested, 1), put(taken, 2), put(gone, 3, 1)]);
      const item: Item<unknown> = { key: taken, version: 1, command: THEIRS, data: 'theirs' };
      expect(result).toEqual({
        committed: false,
        current: new Map([
          [1, item],
          [2, undefined],
        ]),
      });
      expect(proxy.sent(COMMIT)).toHaveLength(TRIES_MAX);
    });

    it('gives up in the end, having done nothing', async () => {
      const { proxy, open, holds } = proxied;
      const [one, other] = [newKey(), newKey()];
      proxy.always(COMMIT, respondWith(cancelledTransaction([CONFLICT, 'None'])));
      expect(await outcomeOf(open().commit(newCommand(), [put(one, 1), put(other, 2)]))).toBe('busy');
      expect(new Set(tokensIn(proxy)).size).toBe(TRIES_MAX);
      expect(await holds(one, other)).toEqual([undefined, undefined]);
    });

    it('reads what stands once the other is over, or gives up in the end', async () => {
      const { proxy, open, straight } = proxied;
      const [one, other] = [newKey(), newKey()];
      await straight.commit(newCommand(), [put(one, 1), put(other, 2)]);
      proxy.next(
        READ,
        respondWith(cancelledTransaction(['None', CONFLICT])),
        respondWith(cancelledTransaction([CONFLICT, 'None'])),
      );
      expect(await open().get([one, other])).toMatchObject([{ data: 1 }, { data: 2 }]);
      expect(proxy.sent(READ)).toHaveLength(3);
      proxy.always(READ, respondWith(cancelledTransaction(['None', CONFLICT])));
      expect(await outcomeOf(open().get([one, other]))).toBe('busy');
      expect(proxy.sent(READ)).toHaveLength(3 + TRIES_MAX);
    });
  });

  describe('as DynamoDB carries it out, one at a time on an item', () => {
    /** What the second of two does while the first is under way: it is refused at least once, and then the first ends. */
    async function meeting<First, Second>(first: () => Promise<First>, second: () => Promise<Second>, operation: string) {
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

    it('lets one of two win, and tells the other what stands', async () => {
      const { open, holds } = proxied;
      const [shared, own, others] = [newKey(), newKey(), newKey()];
      const store = open();
      const [first, second] = await meeting(
        () => store.commit(THEIRS, [put(own, 'first'), put(shared, 'first')]),
        () => store.commit(newCommand(), [put(shared, 'second'), put(others, 'second')]),
        COMMIT,
      );
      expect(first).toEqual({ committed: true });
      expect(second).toEqual({
        committed: false,
        current: new Map([[0, { key: shared, version: 1, command: THEIRS, data: 'first' }]]),
      });
      expect(await holds(shared, own, others)).toEqual(['first', 'first', undefined]);
    });

    it('lets a read wait, which then sees all of the write', async () => {
      const { open } = proxied;
      const [one, other] = [newKey(), newKey()];
      const store = open();
      const [, items] = await meeting(
        () => store.commit(newCommand(), [put(one, 1), put(other, 2)]),
        () => store.get([one, other]),
        READ,
      );
      expect(items).toMatchObject([{ data: 1 }, { data: 2 }]);
    });

    it('lets ten on one item be done one after the other, each once', async () => {
      const { proxy, open, straight } = proxied;
      const key = newKey();
      proxy.always(ANY, simulateConflicts());
      const store = open();
      const add = async (): Promise<void> => {
        for (;;) {
          const [item] = await straight.get([key]);
          const count = Number(item?.data ?? 0) + 1;
          const fated = await outcomeOf(store.commit(newCommand(), [put(key, count, item?.version ?? 0)]));
          if (Object(fated).committed) return;
        }
      };
      await Promise.all(Array.from({ length: 10 }, add));
      expect(await straight.get([key])).toMatchObject([{ version: 10, data: 10 }]);
    });

    it('does not stand in the way of others', async () => {
      const { proxy, open } = proxied;
      const isOver = heldRequest();
      proxy.always(ANY, simulateConflicts());
      proxy.next(COMMIT, isOver.treatment);
      const store = open();
      const first = store.commit(newCommand(), [put(newKey(), 1)]);
      await isOver.arrived;
      expect(await store.commit(newCommand(), [put(newKey(), 1)])).toEqual({ committed: true });
      isOver.release();
      expect(await first).toEqual({ committed: true });
      expect(proxy.sent(COMMIT)).toHaveLength(2);
    });
  });

  describe('that is cancelled', () => {
    it.each([
      [['ThrottlingError', 'None']],
      [[FAILED, 'ProvisionedThroughputExceeded']],
      [[CONFLICT, 'ThrottlingError']],
      [['RequestLimitExceeded', 'RequestLimitExceeded']],
    ])('by throttling is not sent again: %s', async (reasons) => {
      const { proxy, open } = proxied;
      proxy.always(ANY, respondWith(cancelledTransaction(reasons)));
      const store = open();
      expect(await outcomeOf(store.commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]))).toBe('throttled');
      expect(await outcomeOf(store.get([newKey(), newKey()]))).toBe('throttled');
      expect(proxy.requests).toHaveLength(2);
    });

    it.each([
      ['all of which say that nothing is known', cancelledTransaction(['None', 'None'])],
      ['that are fewer than the writes', cancelledTransaction([FAILED])],
      ['that are more than the writes', cancelledTransaction([FAILED, 'None', 'None'])],
      ['that are left out', cancelledWithoutReasons()],
      ['that tell of an item which is none', cancelledTransaction([{ Code: FAILED, Item: { pk: { S: 'x' } } }, 'None'])],
    ])('for reasons %s is no answer', async (_how, answer) => {
      const { proxy, open } = proxied;
      proxy.always(COMMIT, respondWith(answer));
      expect(await outcomeOf(open().commit(newCommand(), [put(newKey(), 1), put(newKey(), 2)]))).toBe('unavailable');
      expect(proxy.requests).toHaveLength(1);
    });

    it('for a mistake of ours says so, and not what stands there', async () => {
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
});
