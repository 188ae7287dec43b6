import type { Context } from 'aws-lambda';

export type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

/** Enough to finish what runs: sending one mail, one page of a loan's outbox, or one import step. */
const RESERVE_MS = 15_000;

/** Aborted early enough for running work to finish before the function times out. */
export function deadlineSignal(invocation: Invocation): AbortSignal {
  const leftMs = invocation.getRemainingTimeInMillis() - RESERVE_MS;
  return leftMs > 0 ? AbortSignal.timeout(leftMs) : AbortSignal.abort();
}
