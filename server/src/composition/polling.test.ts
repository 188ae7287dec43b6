import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type PollResult, startPolling } from './polling.ts';

const NOTHING: PollResult = { found: 0, next: undefined };

/** Polls with the results of the runs, an error for undefined. @returns the pauses after each, in milliseconds */
async function pausesAfter(...results: readonly (PollResult | undefined)[]) {
  const pauses: number[] = [];
  const errors: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  const left = [...results];
  const poller = startPolling(
    {
      minMs: 5,
      maxMs: 30,
      async run() {
        const result = left.shift();
        if (!result) throw new Error('failed');
        return result;
      },
    },
    {
      clock: () => 1000,
      random: () => 0,
      onError: (error) => void errors.push(error),
      async pause(ms, signal) {
        pauses.push(ms);
        if (left.length > 0) return;
        ended.resolve();
        await once(signal, 'abort');
      },
    },
  );
  await ended.promise;
  await poller.stop();
  return { pauses, errors: errors.length };
}

describe('startPolling', () => {
  it('runs less and less often while nothing is found, and soon again once something is', async () => {
    const { pauses } = await pausesAfter(NOTHING, NOTHING, NOTHING, NOTHING, { found: 1, next: undefined }, NOTHING);
    expect(pauses).toEqual([10, 20, 30, 30, 5, 10]);
  });

  it('runs when the next known item is due', async () => {
    const { pauses } = await pausesAfter(NOTHING, NOTHING, { found: 0, next: 1007 }, { found: 0, next: 900 }, NOTHING);
    expect(pauses).toEqual([10, 20, 7, 0, 30]);
  });

  it('runs soon again after an error, as it is not known what is due', async () => {
    const { pauses, errors } = await pausesAfter(NOTHING, NOTHING, undefined, NOTHING);
    expect([pauses, errors]).toEqual([[10, 20, 5, 10], 1]);
  });
});
