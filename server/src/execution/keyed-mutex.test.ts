import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { userIdOf } from '../auth/token-verifier.ts';
import { KeyedMutex } from './keyed-mutex.ts';

/** Work that ends on demand. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const state = { started: false };
  const run = () => {
    state.started = true;
    return promise;
  };
  return { run, end: resolve, fail: reject, state };
}

/** Runs the microtasks that are pending. */
async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}

describe('KeyedMutex', () => {
  it('runs work with the same key one at a time, in the order of arrival', async () => {
    const mutex = new KeyedMutex(100);
    const log: string[] = [];
    const runs = Array.from({ length: 10 }, (_, index) =>
      mutex.runExclusive(['loan'], async () => {
        log.push(`begin ${index}`);
        await settled();
        log.push(`end ${index}`);
        return index;
      }),
    );
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(log).toEqual(Array.from({ length: 10 }, (_, index) => [`begin ${index}`, `end ${index}`]).flat());
  });

  it('runs work with different keys at the same time', async () => {
    const mutex = new KeyedMutex(100);
    const [first, other] = [work(), work()];
    const results = [mutex.runExclusive(['loan-1'], first.run), mutex.runExclusive(['loan-2'], other.run)];
    await settled();
    expect([first.state.started, other.state.started]).toEqual([true, true]);
    first.end('a');
    other.end('b');
    expect(await Promise.all(results)).toEqual(['a', 'b']);
  });

  it('waits for all earlier work on any of several keys', async () => {
    const mutex = new KeyedMutex(100);
    const [loan, user, both] = [work(), work(), work()];
    const results = [
      mutex.runExclusive(['loan'], loan.run),
      mutex.runExclusive(['user'], user.run),
      mutex.runExclusive(['loan', 'user'], both.run),
    ];
    loan.end('');
    await settled();
    expect(both.state.started).toBe(false);
    user.end('');
    await settled();
    expect(both.state.started).toBe(true);
    both.end('');
    await Promise.all(results);
  });

  it('rejects the work of a user who has their part of the queue, and takes that of others', async () => {
    const mutex = new KeyedMutex(5, { perUserMax: 2 });
    const [ana, ben] = [userIdOf('issuer', 'ana'), userIdOf('issuer', 'ben')];
    const { run, end } = work();
    const waiting = [mutex.runExclusive(['loan'], run, ana), mutex.runExclusive(['other'], run, ana)];
    await expect(mutex.runExclusive(['loan'], run, ana)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 });
    waiting.push(mutex.runExclusive(['loan'], run, ben), mutex.runExclusive(['loan'], run), mutex.runExclusive(['loan'], run));
    await expect(mutex.runExclusive(['loan'], run)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    end('done');
    expect(await Promise.all(waiting)).toEqual(Array(5).fill('done'));
    expect(await mutex.runExclusive(['loan'], run, ana)).toBe('done');
  });

  it('does not deadlock, in whatever order work names its keys', async () => {
    const mutex = new KeyedMutex(1000);
    const keys = ['a', 'b', 'c'];
    const orders = [keys, keys.toReversed(), ['b', 'c', 'a'], ['c', 'a'], ['b']];
    const runs = Array.from({ length: 200 }, (_, index) =>
      mutex.runExclusive(orders[index % orders.length] ?? [], async () => {
        await settled();
        return index;
      }),
    );
    expect(await Promise.all(runs)).toHaveLength(200);
  });

  it('runs the next work after one that failed', async () => {
    const mutex = new KeyedMutex(100);
    const failing = mutex.runExclusive(['loan'], () => Promise.reject(new Error('disk')));
    const throwing = mutex.runExclusive(['loan'], () => {
      throw new Error('bug');
    });
    const following = mutex.runExclusive(['loan'], async () => 'done');
    await expect(failing).rejects.toThrow('disk');
    await expect(throwing).rejects.toThrow('bug');
    expect(await following).toBe('done');
  });

  it('gives work the deadline of its arrival, however long it waited', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const mutex = new KeyedMutex(100, { lockWaitMs: 5000 });
    const first = work();
    const deadlines: number[] = [];
    const note = async (deadline: number) => void deadlines.push(deadline - performance.now());
    const runs = [mutex.runExclusive(['loan'], first.run), mutex.runExclusive(['loan'], note)];
    vi.advanceTimersByTime(2000);
    runs.push(mutex.runExclusive(['loan'], note));
    vi.advanceTimersByTime(2500);
    first.end('');
    await Promise.all(runs);
    expect(deadlines).toEqual([500, 2500]);
  });

  it('runs work without keys at once', async () => {
    expect(await new KeyedMutex(1).runExclusive([], async () => 'done')).toBe('done');
  });
});

describe('KeyedMutex at its limit', () => {
  const limitError = { code: 'SERVICE_UNAVAILABLE', metricType: 'Contention', retryAfter: 1 };

  it('rejects work beyond the limit without running it', async () => {
    const mutex = new KeyedMutex(2);
    const [running, waiting, late] = [work(), work(), work()];
    const results = [mutex.runExclusive(['loan'], running.run), mutex.runExclusive(['loan'], waiting.run)];
    await expect(mutex.runExclusive(['another loan'], late.run)).rejects.toMatchObject(limitError);
    expect(late.state.started).toBe(false);
    running.end('');
    waiting.end('');
    await Promise.all(results);
  });

  it('accepts work again once some has ended, also by an error', async () => {
    const mutex = new KeyedMutex(1);
    for (let round = 0; round < 3; round += 1) {
      const failing = work();
      const results = mutex.runExclusive(['loan'], failing.run);
      await expect(mutex.runExclusive(['loan'], async () => '')).rejects.toMatchObject(limitError);
      failing.fail(new Error('disk'));
      await expect(results).rejects.toThrow('disk');
    }
    expect(await mutex.runExclusive(['loan'], async () => 'done')).toBe('done');
  });
});

describe('KeyedMutex memory', () => {
  it('keeps no keys once all work has ended', async () => {
    const made: Map<unknown, unknown>[] = [];
    class WatchedMap extends Map {
      constructor() {
        super();
        made.push(this);
      }
    }
    vi.stubGlobal('Map', WatchedMap);
    const mutex = new KeyedMutex(100);
    vi.unstubAllGlobals();
    const runs = Array.from({ length: 50 }, (_, index) =>
      mutex.runExclusive(
        [`loan ${index % 7}`, `user ${index}`],
        async () => {
          if (index % 3 === 0) throw new Error('disk');
        },
        userIdOf('issuer', `${index % 4}`),
      ),
    );
    expect(made.map(({ size }) => size)).toEqual([57, 4]);
    await Promise.allSettled(runs);
    expect(made.map(({ size }) => size)).toEqual([0, 0]);
  });
});
