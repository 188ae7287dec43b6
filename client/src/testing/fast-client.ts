import type { Clock } from '../clock.ts';
import type { ClientOptions } from '../options.ts';

/** Run in real time; every other delay of the clock ends at once. */
const LIMITS = { deadlineMs: 20_000, attemptMs: 15_000 } as const;

/** Options of a client that skips its delays and records them. They have half of their upper bounds. */
export function fastClientOptions(url: string): { readonly options: ClientOptions; readonly delays: readonly number[] } {
  const delays: number[] = [];
  let skippedMs = 0;
  const clock: Clock = {
    now: () => Date.UTC(2026, 2, 1) + skippedMs,
    elapsed: () => skippedMs,
    after(ms, run) {
      const isLimit = ms === LIMITS.deadlineMs || ms === LIMITS.attemptMs;
      const timer = setTimeout(
        () => {
          skippedMs += ms;
          if (!isLimit) delays.push(ms);
          run();
        },
        isLimit ? ms : 0,
      );
      return () => clearTimeout(timer);
    },
  };
  return { options: { url, token: 'JWT', clock, random: () => 0.5, ...LIMITS }, delays };
}
