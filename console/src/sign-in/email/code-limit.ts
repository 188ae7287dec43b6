import { RateLimitError } from '@private-lending/client';
import type { Formats } from '../../i18n/locale.ts';

const MINUTE_MS = 60_000;
/** Below it, the limit is that of requests a second, and not that of codes. */
const CODE_LIMIT_SECONDS_MIN = 60;

/** @returns seconds until another code can be sent; undefined for other errors */
export function codeLimitSeconds(error: unknown): number | undefined {
  const seconds = error instanceof RateLimitError ? (error.retryAfter ?? 0) : 0;
  return seconds < CODE_LIMIT_SECONDS_MIN ? undefined : seconds;
}

/**
 * Returns the user's local time from which another code can be sent, with the date where that is another day.
 * @param now epoch milliseconds
 * @param seconds to wait, of the server's response
 */
export function nextCodeAt(now: number, seconds: number, { time, dateTime }: Pick<Formats, 'dateTime' | 'time'>): string {
  const at = Math.ceil((now + seconds * 1000) / MINUTE_MS) * MINUTE_MS;
  return new Date(at).toDateString() === new Date(now).toDateString() ? time(at) : dateTime(at);
}
