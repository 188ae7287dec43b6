/* When to try again. */

export interface Backoff {
  /** The most before the second attempt; twice as much before each further one. */
  readonly delayMs: number;
  readonly delayMsMax: number;
  readonly random: () => number;
}

/** Full jitter: anything between nothing and twice as much as before, so that clients that failed together part. */
export function backoffMs(attempts: number, { delayMs, delayMsMax, random }: Backoff): number {
  return random() * Math.min(delayMsMax, delayMs * 2 ** (attempts - 1));
}

export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * How long the server asks to wait, in milliseconds. A date is held against the clock of whoever wrote it, where the answer tells
 * that: ours may be hours off.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('Retry-After')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = dateOf(text);
  return until === undefined ? undefined : Math.max(0, until - (dateOf(headers.get('Date') ?? '') ?? now));
}

/** An HTTP date only: engines also read the likes of `-5` and `1.5` as dates. */
function dateOf(text: string): number | undefined {
  if (!/^[A-Z][a-z]+,? .*\d/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
