import { setTimeout as pauseFor } from 'node:timers/promises';

/** Waits. Rejects once the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

export const pauseWithTimer: Pause = (ms, signal) => pauseFor(ms, undefined, { signal });
