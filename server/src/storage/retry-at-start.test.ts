import { describe, expect, it } from 'vitest';
import { retryAtStart } from './retry-at-start.ts';
import { StoreError, StoreSetupError } from './store.ts';

/** Work that fails some times, each attempt taking a second of a clock that only it moves. */
function failing(times: number, error: () => Error = () => new StoreError('throttled', 'slow down')) {
  const state = { attempts: 0, reported: 0 };
  const work = async () => {
    state.attempts += 1;
    if (state.attempts <= times) throw error();
    return 'opened';
  };
  const options = {
    forMs: 5000,
    random: () => 0,
    now: () => state.attempts * 1000,
    onRetry() {
      state.reported += 1;
    },
  };
  return { state, opening: () => retryAtStart(work, options) };
}

describe('retryAtStart', () => {
  it('repeats work while the database is throttled, and reports that once', async () => {
    const { state, opening } = failing(3);
    expect(await opening()).toBe('opened');
    expect(state).toEqual({ attempts: 4, reported: 1 });
  });

  it('gives up with the last error when its time is over', async () => {
    const { state, opening } = failing(Infinity);
    await expect(opening()).rejects.toMatchObject({ name: 'StoreError', kind: 'throttled', message: 'slow down' });
    expect(state.attempts).toBeLessThan(6);
    expect(state.attempts).toBeGreaterThan(2);
  });

  it('does not repeat what an operator has to repair', async () => {
    const { state, opening } = failing(1, () => new StoreSetupError('no such table'));
    await expect(opening()).rejects.toThrow('no such table');
    expect(state).toEqual({ attempts: 1, reported: 0 });
  });
});
