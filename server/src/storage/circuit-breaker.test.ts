import { beforeEach, describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../testing/app/fake-time.ts';
import { newCommand, newKey, outcomeOf, put } from '../testing/dynamodb/proxied-store.ts';
import { withBreaker } from './circuit-breaker.ts';
import { type Store, StoreError, type StoreErrorKind } from './store.ts';

const FAILURES_MAX = 3;
const OPEN_MS = 1000;

type Behaviour = () => Promise<never[]>;

/** A database with a behaviour to choose, which counts its calls. */
function scriptedStore() {
  let behaviour: Behaviour = async () => [];
  let calls = 0;
  const call: Behaviour = () => {
    calls += 1;
    return behaviour();
  };
  const store: Store = {
    get: call,
    batchGet: call,
    list: call,
    listIndex: call,
    commit: async () => ({ committed: true, ...(await call()) }),
    async close() {},
  };
  return {
    store,
    behave(next: Behaviour): void {
      behaviour = next;
    },
    get calls(): number {
      return calls;
    },
  };
}

function failing(kind: StoreErrorKind): Behaviour {
  return () => Promise.reject(new StoreError(kind, `the database is ${kind}`));
}

const healthy: Behaviour = async () => [];

const CALLS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  get: (store) => store.get([newKey()]),
  batchGet: (store) => store.batchGet([newKey()]),
  list: (store) => store.list({ partition: 'things', prefix: '', limit: 1 }),
  listIndex: (store) => store.listIndex({ partition: 'things', limit: 1 }),
  commit: (store) => store.commit(newCommand(), [put(newKey(), 1)]),
};

describe('withBreaker', () => {
  frozenTime();

  let database: ReturnType<typeof scriptedStore>;
  let store: Store;
  let changes: boolean[];

  beforeEach(() => {
    database = scriptedStore();
    changes = [];
    store = withBreaker(database.store, {
      failuresMax: FAILURES_MAX,
      openMs: OPEN_MS,
      onChange: (isOpen) => void changes.push(isOpen),
    });
  });

  const call = () => outcomeOf(store.get([newKey()]));

  async function openCircuit(): Promise<void> {
    database.behave(failing('unavailable'));
    for (let failures = 0; failures < FAILURES_MAX; failures += 1) await call();
  }

  /** A call that the test ends. */
  function pendingCall() {
    const end = Promise.withResolvers<never[]>();
    database.behave(() => end.promise);
    return { outcome: call(), succeed: () => end.resolve([]), fail: () => end.reject(new StoreError('unavailable', 'still none')) };
  }

  it.each(Object.entries(CALLS))('passes results and errors on: %s', async (_name, verb) => {
    expect(await outcomeOf(verb(store))).toEqual(await verb(database.store));
    for (const kind of ['busy', 'throttled', 'unavailable'] as const) {
      database.behave(failing(kind));
      expect(await outcomeOf(verb(store))).toBe(kind);
    }
  });

  it('opens after a number of failures in a row, and then every call fails at once', async () => {
    await openCircuit();
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
    for (const verb of Object.values(CALLS)) {
      await expect(verb(store)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/circuit is open/),
      });
    }
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
  });

  it('counts failures of all kinds of calls', async () => {
    database.behave(failing('unavailable'));
    for (const verb of Object.values(CALLS)) await outcomeOf(verb(store));
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
  });

  const RESPONSES: Readonly<Record<string, Behaviour>> = {
    'a result': healthy,
    throttling: failing('throttled'),
    contention: failing('busy'),
    'a programming error': () => Promise.reject(new TypeError('a commit names a key twice')),
  };

  it.each(Object.entries(RESPONSES))('stays closed for %s, which resets the count', async (_what, response) => {
    for (let rounds = 0; rounds < 3; rounds += 1) {
      database.behave(failing('unavailable'));
      for (let failures = 1; failures < FAILURES_MAX; failures += 1) await call();
      database.behave(response);
      for (let responses = 0; responses < 2 * FAILURES_MAX; responses += 1) await call();
    }
    expect([database.calls, changes]).toEqual([3 * (3 * FAILURES_MAX - 1), []]);
  });

  it('stays open for a fixed time, and closes when the database responds again', async () => {
    await openCircuit();
    database.behave(healthy);
    vi.advanceTimersByTime(OPEN_MS - 1);
    expect([await call(), database.calls]).toEqual(['unavailable', FAILURES_MAX]);
    vi.advanceTimersByTime(1);
    expect([await call(), await call(), await call()]).toEqual([[], [], []]);
    expect([database.calls, changes]).toEqual([FAILURES_MAX + 3, [true, false]]);
  });

  it.each(Object.entries(RESPONSES))('closes after %s', async (_what, response) => {
    await openCircuit();
    database.behave(response);
    vi.advanceTimersByTime(OPEN_MS);
    await call();
    expect(changes).toEqual([true, false]);
  });

  it('lets one call probe the database while the others fail at once', async () => {
    await openCircuit();
    vi.advanceTimersByTime(OPEN_MS);
    const probe = pendingCall();
    expect(await Promise.all([call(), call(), call()])).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(database.calls).toBe(FAILURES_MAX + 1);
    database.behave(healthy);
    probe.succeed();
    expect(await probe.outcome).toEqual([]);
    expect(await Promise.all([call(), call(), call()])).toEqual([[], [], []]);
    expect(changes).toEqual([true, false]);
  });

  it('stays open after a failed probe, without another notification', async () => {
    await openCircuit();
    for (let tries = 1; tries <= 3; tries += 1) {
      vi.advanceTimersByTime(OPEN_MS);
      expect([await call(), await call(), database.calls]).toEqual(['unavailable', 'unavailable', FAILURES_MAX + tries]);
    }
    expect(changes).toEqual([true]);
    database.behave(healthy);
    vi.advanceTimersByTime(OPEN_MS);
    expect(await call()).toEqual([]);
    expect(changes).toEqual([true, false]);
  });

  it('opens again with a notification where the database fails again', async () => {
    await openCircuit();
    database.behave(healthy);
    vi.advanceTimersByTime(OPEN_MS);
    await call();
    await openCircuit();
    expect([database.calls, changes]).toEqual([2 * FAILURES_MAX + 1, [true, false, true]]);
  });

  it('notifies once of many concurrent failures', async () => {
    const calls = Array.from({ length: 4 * FAILURES_MAX }, pendingCall);
    for (const { fail } of calls) fail();
    await Promise.all(calls.map(({ outcome }) => outcome));
    expect([await call(), database.calls, changes]).toEqual(['unavailable', calls.length, [true]]);
  });

  it('closes the store while the circuit is open', async () => {
    const close = vi.spyOn(database.store, 'close');
    await openCircuit();
    await store.close();
    expect(close).toHaveBeenCalledOnce();
  });
});
