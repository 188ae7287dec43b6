import { setTimeout as pause } from 'node:timers/promises';

/** Something that is done again and again, as long as the program runs. */
export interface PeriodicTask {
  readonly everyMs: number;
  readonly go: () => Promise<unknown>;
}

/**
 * Goes its rounds, each after its own pause and never beside itself. One that fails is told of and gone again.
 * @returns what ends them, once those under way have come to an end
 */
export function startPeriodicTasks(rounds: readonly PeriodicTask[], onFault: (fault: unknown) => void): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = rounds.map(async ({ everyMs, go }) => {
    while (!signal.aborted) {
      await go().catch(onFault);
      await pause(everyMs, undefined, { signal }).catch(() => {}); // ended early by the stop
    }
  });
  return async () => {
    stopping.abort();
    await Promise.all(ended);
  };
}
