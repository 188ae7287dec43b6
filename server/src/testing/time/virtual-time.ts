import type { Pause } from '../../outbox/pause.ts';
import type { TestApp } from '../app/test-app.ts';

/** Long enough for work on a store in memory to come to its next pause. */
const ITERATIONS = 20;

/** Pauses that end when a test moves the clock of its app. */
export function virtualTime(testApp: Pick<TestApp, 'advance' | 'now'>) {
  const pauses = new Set<{ readonly at: number; readonly end: () => void }>();
  const pause: Pause = (ms, signal) =>
    new Promise((resolve, reject) => {
      const waiting = { at: testApp.now + ms, end: () => resolve(undefined) };
      pauses.add(waiting);
      const abort = (): void => {
        pauses.delete(waiting);
        reject(new Error('aborted'));
      };
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
    });

  async function settle(): Promise<void> {
    for (let iteration = 0; iteration < ITERATIONS; iteration += 1) await new Promise(setImmediate);
  }

  return {
    pause,
    settle,
    /** Moves the clock on, and ends each pause at its time. */
    async pass(ms: number): Promise<void> {
      const end = testApp.now + ms;
      await settle();
      for (;;) {
        const next = [...pauses].toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        testApp.advance(Math.max(next.at - testApp.now, 0));
        pauses.delete(next);
        next.end();
        await settle();
      }
      testApp.advance(end - testApp.now);
    },
  };
}
