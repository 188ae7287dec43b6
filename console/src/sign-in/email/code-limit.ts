import type { Formats } from '../../i18n/locale.ts';

const MINUTE_MS = 60_000;

/**
 * Returns the user's local time from which another code can be sent, with the date where that is another day.
 * @param now epoch milliseconds
 * @param seconds to wait, of the server's response
 */
export function nextCodeAt(now: number, seconds: number, { time, dateTime }: Pick<Formats, 'dateTime' | 'time'>): string {
  const at = Math.ceil((now + seconds * 1000) / MINUTE_MS) * MINUTE_MS;
  return new Date(at).toDateString() === new Date(now).toDateString() ? time(at) : dateTime(at);
}
