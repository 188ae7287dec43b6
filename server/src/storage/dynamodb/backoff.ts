import { setTimeout as pause } from 'node:timers/promises';
import { ExponentialBackoff, fullJitterGenerator, handleWhen, type IBackoff, type RetryPolicy, retry } from 'cockatiel';
import { StoreError } from '../store.ts';

/** Exponential backoff with full jitter. */
export interface Backoff {
  /** With the first one. */
  readonly attemptsMax: number;
  readonly initialMs: number;
  readonly maxMs: number;
}

export function retryWhen(isRetryable: (thrown: unknown) => boolean, backoff: Backoff): RetryPolicy {
  return retry(handleWhen(isRetryable), { maxAttempts: backoff.attemptsMax - 1, backoff: delays(backoff) });
}

/**
 * Sends a batch, and again what DynamoDB left unprocessed of it.
 * @param send resolves with the unprocessed requests
 * @throws StoreError `throttled` after `attemptsMax` responses in a row that left all of them unprocessed
 */
export async function sendBatch<Request>(
  requests: readonly Request[],
  backoff: Backoff,
  send: (requests: Request[]) => Promise<Request[]>,
): Promise<void> {
  let left = [...requests];
  let idleResponses = 0;
  let delay: IBackoff<unknown> | undefined;
  while (left.length > 0) {
    const unprocessed = await send(left);
    const isIdle = unprocessed.length === left.length;
    idleResponses = isIdle ? idleResponses + 1 : 0;
    if (idleResponses === backoff.attemptsMax)
      throw new StoreError('throttled', `${unprocessed.length} requests of a batch stayed unprocessed`);
    delay = (isIdle && delay ? delay : delays(backoff)).next(undefined);
    if (unprocessed.length > 0) await pause(delay.duration);
    left = unprocessed;
  }
}

function delays({ initialMs, maxMs }: Backoff): ExponentialBackoff<number> {
  return new ExponentialBackoff({ initialDelay: initialMs, maxDelay: maxMs, generator: fullJitterGenerator });
}
