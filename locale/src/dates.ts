import { INTL_LOCALES, type Language } from './languages.ts';

/* Times are epoch milliseconds, or RFC 3339 as in the API. */

type Time = number | string;

interface DateFormat {
  readonly language: Language;
  /** Of the IANA database, such as `Europe/Berlin` or `UTC`. A browser has its own in `Intl.DateTimeFormat().resolvedOptions()`. */
  readonly timeZone: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Largest first. Not weeks, which people count differently from days. */
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** Formats `31 March 2026`, in German `31. März 2026`; short: `31 Mar 2026`, `31.03.2026`. @throws RangeError for an invalid time */
export function formatDate(time: Time, format: DateFormat, style: 'long' | 'short' = 'long'): string {
  return formatterOf(format, { dateStyle: style === 'long' ? 'long' : 'medium' }).format(new Date(time));
}

/** Formats `09:15`, of 24 hours. @throws RangeError for an invalid time */
export function formatTime(time: Time, format: DateFormat): string {
  return formatterOf(format, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
}

/** Formats `31 Mar 2026, 09:15`, in German `31.03.2026, 09:15`. @throws RangeError for an invalid time */
export function formatDateTime(time: Time, format: DateFormat): string {
  return `${formatDate(time, format, 'short')}, ${formatTime(time, format)}`;
}

/**
 * Formats `31 March 2026, 09:15 CET`, in German `31. März 2026, 09:15 MEZ`, for a time until when something must be done.
 * @throws RangeError for an invalid time
 */
export function formatDeadline(time: Time, format: DateFormat): string {
  const zoned = formatterOf(format, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
  return `${formatDate(time, format)}, ${zoned.format(new Date(time))}`;
}

/**
 * Formats `in 3 days`, `5 minutes ago`, `now`, in the largest unit of which at least one is over; a part of one is dropped. Days are 24
 * hours, months 30 days.
 */
export function formatRelative(time: Time, now: number, language: Language): string {
  const difference = new Date(time).getTime() - now;
  const [unit, length] = UNITS.find(([, each]) => Math.abs(difference) >= each) ?? ['second', SECOND];
  const amount = Math.trunc(difference / length);
  // `auto` says `yesterday` for 1, which would be wrong for 30 hours.
  const numeric = amount === 0 ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(INTL_LOCALES[language], { numeric }).format(amount, unit);
}

/** Formats `42 seconds`, `2 minutes` or `5 hours`, rounded up, for a time to wait. @param seconds 0 or more */
export function formatDuration(seconds: number, language: Language): string {
  const [unit, length] = durationUnit(seconds);
  const format = new Intl.NumberFormat(INTL_LOCALES[language], { style: 'unit', unit, unitDisplay: 'long' });
  return format.format(Math.ceil(seconds / length));
}

function durationUnit(seconds: number): readonly [unit: string, seconds: number] {
  if (seconds <= 120) return ['second', 1];
  return seconds <= 7200 ? ['minute', 60] : ['hour', 3600];
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to create. */
function formatterOf({ language, timeZone }: DateFormat, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = [language, timeZone, ...Object.values(options)].join();
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(INTL_LOCALES[language], { ...options, timeZone });
  formatters.set(key, formatter);
  return formatter;
}
