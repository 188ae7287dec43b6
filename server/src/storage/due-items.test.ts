import { describe, expect, it } from 'vitest';
import { ClockCheck, processDue } from './due-items.ts';
import { dueShards, positionAt } from './index-keys.ts';
import type { IndexRow, Store } from './store.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 2, 1);

/** One item, scheduled a day ahead. */
function openFixture() {
  const [shard] = dueShards('mail');
  const row: IndexRow = { key: { partition: 'a', sort: 'b' }, position: positionAt(NOW + 24 * HOUR_MS) };
  const state: { now: number; error: Error | undefined; canContinue: boolean } = {
    now: NOW,
    error: undefined,
    canContinue: true,
  };
  const store: Pick<Store, 'listIndex'> = {
    async listIndex({ partition, after = '' }) {
      if (state.error) throw state.error;
      return partition === shard && row.position > after ? [row] : [];
    },
  };
  const clockCheck = new ClockCheck(HOUR_MS);
  const canContinue = () => state.canContinue;
  return {
    state,
    /** @returns how many items were processed */
    async run(): Promise<number> {
      let found = 0;
      await processDue({ store, clock: () => state.now }, 'mail', { pageSize: 10, clockCheck, canContinue }, async (due) => {
        found += due.length;
      });
      return found;
    },
  };
}

describe('processDue with a clock check', () => {
  it('finds what is scheduled too far ahead at first, and after each time that the clock was set back', async () => {
    const { state, run } = openFixture();
    expect([await run(), await run()]).toEqual([1, 0]);
    state.now -= 1;
    expect([await run(), await run()]).toEqual([1, 0]);
  });

  it('finds it by the next run where one has failed', async () => {
    const { state, run } = openFixture();
    state.error = new Error('throttled');
    await expect(run()).rejects.toThrow('throttled');
    state.error = undefined;
    expect([await run(), await run()]).toEqual([1, 0]);
  });

  it('finds it by the next run where one was ended early', async () => {
    const { state, run } = openFixture();
    state.canContinue = false;
    expect(await run()).toBe(0);
    state.canContinue = true;
    expect([await run(), await run()]).toEqual([1, 0]);
  });
});
