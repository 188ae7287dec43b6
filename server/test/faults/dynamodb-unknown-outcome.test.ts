import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { storedItemOf, toAttributes } from '../../src/storage/dynamodb/items.ts';
import { simulateConflicts } from '../../src/testing/dynamodb/conflicts.ts';
import { cancelledTransaction, errorResponse, INTERNAL, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import {
  newCommand,
  newKey,
  openProxiedTable,
  outcomeOf,
  type ProxiedTable,
  put,
} from '../../src/testing/dynamodb/proxied-store.ts';
import type { ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Commits of which it is not known at first whether they were done. */

const COMMIT = 'TransactWriteItems';

const UNHEARD: Readonly<Record<string, ProxyRule>> = {
  'the connection broke before the answer': faults.resetAfterForwarding,
  'the connection broke in the middle of the answer': faults.resetMidResponse,
  'half of the answer came': faults.truncatedResponse,
  'the answer was no JSON': faults.malformedResponse,
  'the answer said nothing': faults.emptyResponse,
  'the answer told of a fault': faults.forwardAndRespondWith(INTERNAL),
};

const NO_ANSWERS: Readonly<Record<string, ProxyRule>> = {
  'the database was throttled': faults.respondWith(THROTTLED),
  'its reasons tell of throttling': faults.respondWith(cancelledTransaction(['ThrottlingError'])),
  'others are in the way for good': faults.respondWith(cancelledTransaction(['TransactionConflict'])),
  'we may no longer ask': faults.respondWith(errorResponse('ExpiredTokenException', 'The security token is expired.')),
};

let proxied: ProxiedTable;

/** Whatever was sent was the same, byte for byte: one transaction, under one token. */
function expectOneTransaction(requests: number): void {
  const sent = proxied.proxy.sent(COMMIT);
  expect(sent).toHaveLength(requests);
  expect(new Set(sent.map(({ text }) => text)).size).toBe(1);
  expect(sent[0]?.body.ClientRequestToken).toMatch(/^[0-9a-f-]{36}$/);
}

describe.skipIf(endpoint === undefined)('a commit that was done unheard', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
  });
  afterEach(() => proxied.proxy.clear());
  afterAll(() => proxied.stop());

  it.each(Object.entries(UNHEARD))('is told as done, and is done once, where %s', async (_how, unheard) => {
    const { proxy, open, straight, holds } = proxied;
    const [fresh, known] = [newKey(), newKey()];
    await straight.commit(newCommand(), [put(known, 'before')]);
    const command = newCommand();
    proxy.next(COMMIT, unheard);
    expect(await open().commit(command, [put(fresh, 'new'), put(known, 'after', 1)])).toEqual({ committed: true });
    expectOneTransaction(2);
    expect(proxy.sent(COMMIT).map(({ told }) => told?.status)).toEqual([200, 200]);
    expect(await holds(fresh, known)).toEqual(['new', 'after']);
    expect(await straight.get([fresh, known])).toMatchObject([
      { version: 1, command },
      { version: 2, command },
    ]);
  });

  it('is told as done where it happens twice in a row', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetAfterForwarding, faults.resetMidResponse);
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(3);
    expect(await holds(key)).toEqual([1]);
  });

  it('is not told as refused for its own items, where the database takes the second try for another commit', async () => {
    const { proxy, open, straight } = proxied;
    const [key, other] = [newKey(), newKey()];
    await straight.commit(newCommand(), [put(other, 'before')]);
    const command = newCommand();
    proxy.next(COMMIT, faults.resetAfterForwarding, faults.withNewToken);
    expect(await open().commit(command, [put(key, 1), put(other, 'after', 1)])).toEqual({ committed: true });
    expect(proxy.sent(COMMIT)[1]?.told?.text).toContain('ConditionalCheckFailed, ConditionalCheckFailed');
    expect(await straight.get([key, other])).toMatchObject([
      { version: 1, command },
      { version: 2, command },
    ]);
  });

  it('is not told as refused where others have changed since what the refusal tells of, and it tells of nothing else', async () => {
    const { proxy, open, straight, holds } = proxied;
    const [history, contested] = [newKey(), newKey()];
    const theirs = newCommand();
    proxy.next(COMMIT, faults.resetAfterForwarding, async ({ respond }) => {
      await straight.commit(theirs, [put(contested, 'theirs', 1)]);
      const Item = toAttributes(storedItemOf(theirs, put(contested, 'theirs', 1)));
      respond(cancelledTransaction(['None', { Code: 'ConditionalCheckFailed', Item }]));
    });
    expect(await open().commit(newCommand(), [put(history, 'ours'), put(contested, 'ours')])).toEqual({ committed: true });
    expect(await holds(history, contested)).toEqual(['ours', 'theirs']);
  });

  it('is told as not known where every try ends so, though it was done', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    proxy.always(COMMIT, faults.resetAfterForwarding);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('unavailable');
    expectOneTransaction(3);
    expect(await holds(key)).toEqual([1]);
  });

  it.each(Object.entries(NO_ANSWERS))('is told as not known where from then on %s', async (_why, treatment) => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetAfterForwarding);
    proxy.always(COMMIT, treatment);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('unavailable');
    expect(await holds(key)).toEqual([1]);
  });

  it('is found out before the store is closed', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    const held = faults.heldRequest();
    proxy.next(COMMIT, faults.resetAfterForwarding, held.treatment);
    const store = open();
    const commit = store.commit(newCommand(), [put(key, 1)]);
    await held.arrived;
    const closed = store.close();
    held.release();
    expect(await Promise.all([commit, closed])).toEqual([{ committed: true }, undefined]);
    expectOneTransaction(2);
    expect(await holds(key)).toEqual([1]);
  });

  it('surfaces a mistake of ours: the same token for something else', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    const toOther = faults.rewrittenRequest(({ TransactItems: [{ Put }], ...rest }) => {
      return { ...rest, TransactItems: [{ Put: { ...Put, Item: { ...Put.Item, d: { S: '2' } } } }] };
    });
    proxy.next(COMMIT, faults.resetAfterForwarding, toOther);
    expect(await outcomeOf(open().commit(newCommand(), [put(key, 1)]))).toBe('IdempotentParameterMismatchException');
    expect(await holds(key)).toEqual([1]);
  });
});

describe.skipIf(endpoint === undefined)('a commit that may not have reached the database', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
  });
  afterEach(() => proxied.proxy.clear());
  afterAll(() => proxied.stop());

  it('is done by the next try', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    proxy.next(COMMIT, faults.resetBeforeForwarding, faults.respondWith(INTERNAL));
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(3);
    expect(proxy.sent(COMMIT).map(({ told }) => told?.status)).toEqual([undefined, undefined, 200]);
    expect(await holds(key)).toEqual([1]);
  });

  it('leaves nothing where no try reaches it', async () => {
    const { proxy, open, holds } = proxied;
    const [one, other] = [newKey(), newKey()];
    proxy.always(COMMIT, faults.resetBeforeForwarding);
    expect(await outcomeOf(open().commit(newCommand(), [put(one, 1), put(other, 2)]))).toBe('unavailable');
    expectOneTransaction(3);
    expect(await holds(one, other)).toEqual([undefined, undefined]);
  });

  it('is told as refused where somebody else was faster meanwhile', async () => {
    const { proxy, open, straight, holds } = proxied;
    const [key, other] = [newKey(), newKey()];
    const command = newCommand();
    proxy.next(COMMIT, async ({ reset }) => {
      await straight.commit(command, [put(key, 'theirs')]);
      reset();
    });
    const result = await open().commit(newCommand(), [put(other, 'ours'), put(key, 'ours')]);
    expect(result).toEqual({ committed: false, current: new Map([[1, { key, version: 1, command, data: 'theirs' }]]) });
    expect(await holds(key, other)).toEqual(['theirs', undefined]);
  });

  it('is asked for under the same token as long as the database is at it', async () => {
    const { proxy, open, holds } = proxied;
    const key = newKey();
    const isOver = Promise.withResolvers<void>();
    const asInEarnest = simulateConflicts(() => isOver.promise);
    let first: unknown;
    proxy.next(
      COMMIT,
      (exchange) => {
        first = asInEarnest({ ...exchange, respond() {} });
        exchange.reset();
      },
      (exchange) => asInEarnest({ ...exchange, respond: (answer) => void finish().then(() => exchange.respond(answer)) }),
      asInEarnest,
    );
    async function finish(): Promise<void> {
      isOver.resolve();
      await first;
    }
    expect(await open().commit(newCommand(), [put(key, 1)])).toEqual({ committed: true });
    expectOneTransaction(3);
    expect(await holds(key)).toEqual([1]);
  });
});
