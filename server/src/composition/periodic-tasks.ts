import { type Pause, pauseWithTimer } from '../outbox/pause.ts';

export interface PeriodicTask {
  /** The pause between two runs. */
  readonly everyMs: number;
  /** @param signal aborted when the tasks are stopped */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Runs each task repeatedly, one run at a time, the first one at once.
 * @param onError gets what a run throws
 * @param pause default: by timers
 * @returns stops the tasks, and resolves once running ones are done
 */
export function startPeriodicTasks(
  tasks: readonly PeriodicTask[],
  onError: (error: unknown) => void,
  pause: Pause = pauseWithTimer,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = tasks.map(async ({ everyMs, run }) => {
    while (!signal.aborted) {
      await run(signal).catch(onError);
      await pause(everyMs, signal).catch(() => {}); // rejects when stopped
    }
  });
  return async () => {
    stopping.abort();
    await Promise.all(loops);
  };
}
