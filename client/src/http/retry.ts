export interface Backoff {
  /** Upper bound of the first delay; it doubles with each attempt, up to `delayMsMax`. */
  readonly delayMs: number;
  readonly delayMsMax: number;
  readonly random: () => number;
}

/** Exponential backoff with full jitter, in milliseconds, so that clients that failed together don't retry together. */
export function backoffMs(attempts: number, { delayMs, delayMsMax, random }: Backoff): number {
  return random() * Math.min(delayMsMax, delayMs * 2 ** (attempts - 1));
}

export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * Parses `Retry-After` (RFC 9110), into milliseconds. A date is compared with the response's own `Date`, if it has one,
 * as the local clock may be hours off.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get('Retry-After')?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const until = parseHttpDate(text);
  return until === undefined ? undefined : Math.max(0, until - (parseHttpDate(headers.get('Date') ?? '') ?? now));
}

/** HTTP dates only: Date.parse alone also accepts `-5` and `1.5`. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]+,? .*\d/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
