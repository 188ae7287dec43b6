import { waitWithFullJitter } from './full-jitter.ts';
import { StoreError } from './store.ts';

const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2000;

export interface StartRetryOptions {
  /** How long it is tried; the last attempt may end later. */
  readonly forMs: number;
  /** Called after the first failure, if it is tried again. */
  readonly onRetry?: ((error: StoreError) => void) | undefined;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/**
 * Repeats work that opens a store while the database is busy, throttled or unavailable: a program must not end for one
 * failed request.
 * @param work can be repeated after a failure
 * @throws the last StoreError, and any other error at once
 */
export async function retryAtStart<Result>(work: () => Promise<Result>, options: StartRetryOptions): Promise<Result> {
  const { forMs, onRetry = () => {}, random = Math.random, now = () => performance.now() } = options;
  const end = now() + forMs;
  for (let pauseMs = PAUSE_MS_MIN, attempt = 1; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX), attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError) || now() + pauseMs > end) throw error;
      if (attempt === 1) onRetry(error);
      await waitWithFullJitter(random, pauseMs);
    }
  }
}
