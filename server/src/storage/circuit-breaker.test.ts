import { beforeEach, describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../testing/app/fake-time.ts';
import { newCommand, newKey, outcomeOf, put } from '../testing/dynamodb/proxied-store.ts';
import { withBreaker } from './circuit-breaker.ts';
import { type Store, StoreError, type StoreErrorKind } from './store.ts';

const FAILURES_MAX = 3;
const REST_MS = 1000;

type Behaviour = () => Promise<never[]>;

/** A database that behaves as it is told to, and counts what reaches it. */
function obedient() {
  let behaviour: Behaviour = async () => [];
  let calls = 0;
  const call: Behaviour = () => {
    calls += 1;
    return behaviour();
  };
  const store: Store = {
    ...{ get: call, batchGet: call, list: call, listIndex: call },
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

function failing(trouble: StoreErrorKind): Behaviour {
  return () => Promise.reject(new StoreError(trouble, `the database is ${trouble}`));
}

const sound: Behaviour = async () => [];

const CALLS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  get: (store) => store.get([newKey()]),
  batchGet: (store) => store.batchGet([newKey()]),
  list: (store) => store.list({ partition: 'things', prefix: '', limit: 1 }),
  listIndex: (store) => store.listIndex({ partition: 'things', limit: 1 }),
  commit: (store) => store.commit(newCommand(), [put(newKey(), 1)]),
};

describe('a circuit', () => {
  frozenTime();

  let database: ReturnType<typeof obedient>;
  let store: Store;
  let changes: boolean[];

  beforeEach(() => {
    database = obedient();
    changes = [];
    store = withBreaker(database.store, {
      failuresMax: FAILURES_MAX,
      openMs: REST_MS,
      onChange: (isOpen) => void changes.push(isOpen),
    });
  });

  const ask = () => outcomeOf(store.get([newKey()]));

  async function openIt(): Promise<void> {
    database.behave(failing('unavailable'));
    for (let failures = 0; failures < FAILURES_MAX; failures += 1) await ask();
  }

  /** A call that does not end before the test says how. */
  function lastingCall() {
    const end = Promise.withResolvers<never[]>();
    database.behave(() => end.promise);
    return { told: ask(), succeed: () => end.resolve([]), fail: () => end.reject(new StoreError('unavailable', 'still none')) };
  }

  it.each(Object.entries(CALLS))('lets what the database says pass, and its troubles: %s', async (_name, call) => {
    expect(await outcomeOf(call(store))).toEqual(await call(database.store));
    for (const trouble of ['busy', 'throttled', 'unavailable'] as const) {
      database.behave(failing(trouble));
      expect(await outcomeOf(call(store))).toBe(trouble);
    }
  });

  it('opens once the database was unavailable so often in a row, and then refuses every call at once', async () => {
    await openIt();
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
    for (const call of Object.values(CALLS)) {
      await expect(call(store)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/circuit is open/),
      });
    }
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
  });

  it('opens by whatever call found no database', async () => {
    database.behave(failing('unavailable'));
    for (const call of Object.values(CALLS)) await outcomeOf(call(store));
    expect([database.calls, changes]).toEqual([FAILURES_MAX, [true]]);
  });

  const ANSWERS: Readonly<Record<string, Behaviour>> = {
    'a result': sound,
    'being throttled': failing('throttled'),
    'others being faster': failing('busy'),
    'a mistake of ours': () => Promise.reject(new TypeError('a commit names a key twice')),
  };

  it.each(Object.entries(ANSWERS))('stays closed for %s, which begins the count anew', async (_what, answer) => {
    for (let rounds = 0; rounds < 3; rounds += 1) {
      database.behave(failing('unavailable'));
      for (let failures = 1; failures < FAILURES_MAX; failures += 1) await ask();
      database.behave(answer);
      for (let answers = 0; answers < 2 * FAILURES_MAX; answers += 1) await ask();
    }
    expect([database.calls, changes]).toEqual([3 * (3 * FAILURES_MAX - 1), []]);
  });

  it('rests for its time, and closes by itself when the database answers again', async () => {
    await openIt();
    database.behave(sound);
    vi.advanceTimersByTime(REST_MS - 1);
    expect([await ask(), database.calls]).toEqual(['unavailable', FAILURES_MAX]);
    vi.advanceTimersByTime(1);
    expect([await ask(), await ask(), await ask()]).toEqual([[], [], []]);
    expect([database.calls, changes]).toEqual([FAILURES_MAX + 3, [true, false]]);
  });

  it.each(Object.entries(ANSWERS))('closes after %s as well', async (_what, answer) => {
    await openIt();
    database.behave(answer);
    vi.advanceTimersByTime(REST_MS);
    await ask();
    expect(changes).toEqual([true, false]);
  });

  it('has one call try while the others are refused at once', async () => {
    await openIt();
    vi.advanceTimersByTime(REST_MS);
    const probe = lastingCall();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(database.calls).toBe(FAILURES_MAX + 1);
    database.behave(sound);
    probe.succeed();
    expect(await probe.told).toEqual([]);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([[], [], []]);
    expect(changes).toEqual([true, false]);
  });

  it('rests again after a try in vain, as often as it takes, and tells nobody anew', async () => {
    await openIt();
    for (let tries = 1; tries <= 3; tries += 1) {
      vi.advanceTimersByTime(REST_MS);
      expect([await ask(), await ask(), database.calls]).toEqual(['unavailable', 'unavailable', FAILURES_MAX + tries]);
    }
    expect(changes).toEqual([true]);
    database.behave(sound);
    vi.advanceTimersByTime(REST_MS);
    expect(await ask()).toEqual([]);
    expect(changes).toEqual([true, false]);
  });

  it('opens anew, and says so again, where the database is gone again', async () => {
    await openIt();
    database.behave(sound);
    vi.advanceTimersByTime(REST_MS);
    await ask();
    await openIt();
    expect([database.calls, changes]).toEqual([2 * FAILURES_MAX + 1, [true, false, true]]);
  });

  it('is told once by many calls that all found no database', async () => {
    const calls = Array.from({ length: 4 * FAILURES_MAX }, lastingCall);
    for (const { fail } of calls) fail();
    await Promise.all(calls.map(({ told }) => told));
    expect([await ask(), database.calls, changes]).toEqual(['unavailable', calls.length, [true]]);
  });

  it('closes the store behind it, open or not', async () => {
    const close = vi.spyOn(database.store, 'close');
    await openIt();
    await store.close();
    expect(close).toHaveBeenCalledOnce();
  });
});
