import { describe, expect, it } from 'vitest';
import { formatDate, formatDateTime, formatDeadline, formatDuration, formatRelative, formatTime } from './dates.ts';

const NIGHT = '2026-03-31T22:30:00Z';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('formatDate, formatTime and formatDateTime', () => {
  it.each([
    ['en', 'UTC', '31 March 2026', '31 Mar 2026', '22:30', '31 Mar 2026, 22:30'],
    ['de', 'UTC', '31. März 2026', '31.03.2026', '22:30', '31.03.2026, 22:30'],
    ['en', 'Europe/Berlin', '1 April 2026', '1 Apr 2026', '00:30', '1 Apr 2026, 00:30'],
    ['de', 'America/New_York', '31. März 2026', '31.03.2026', '18:30', '31.03.2026, 18:30'],
  ] as const)('format a time in %s and %s', (language, timeZone, long, short, time, both) => {
    const format = { language, timeZone };
    expect([formatDate(NIGHT, format), formatDate(NIGHT, format, 'short')]).toEqual([long, short]);
    expect([formatTime(NIGHT, format), formatDateTime(Date.parse(NIGHT), format)]).toEqual([time, both]);
  });

  it.each([
    ['en', 'UTC', '31 March 2026, 22:30 UTC'],
    ['de', 'UTC', '31. März 2026, 22:30 UTC'],
    ['en', 'Europe/Berlin', '1 April 2026, 00:30 CEST'],
    ['de', 'Europe/Berlin', '1. April 2026, 00:30 MESZ'],
  ] as const)('name the zone of a deadline in %s and %s', (language, timeZone, deadline) => {
    expect(formatDeadline(NIGHT, { language, timeZone })).toBe(deadline);
  });

  it('reject what is not a time', () => {
    expect(() => formatDate('soon', { language: 'en', timeZone: 'UTC' })).toThrow(RangeError);
  });
});

describe('formatRelative', () => {
  it.each([
    [3 * DAY, 'in 3 days', 'in 3 Tagen'],
    [3 * DAY - 1, 'in 2 days', 'in 2 Tagen'],
    [-30 * HOUR, '1 day ago', 'vor 1 Tag'],
    [-5 * 60_000, '5 minutes ago', 'vor 5 Minuten'],
    [999, 'now', 'jetzt'],
    [-999, 'now', 'jetzt'],
    [400 * DAY, 'in 1 year', 'in 1 Jahr'],
    [-61 * DAY, '2 months ago', 'vor 2 Monaten'],
  ])('formats a difference of %i ms as %s, in German as %s', (difference, english, german) => {
    const now = Date.parse(NIGHT);
    expect([formatRelative(now + difference, now, 'en'), formatRelative(now + difference, now, 'de')]).toEqual([english, german]);
  });
});

describe('formatDuration', () => {
  it.each([
    [1, '1 second', '1 Sekunde'],
    [119.2, '120 seconds', '120 Sekunden'],
    [121, '3 minutes', '3 Minuten'],
    [43_210, '13 hours', '13 Stunden'],
  ])('formats %d seconds, rounded up', (seconds, english, german) => {
    expect([formatDuration(seconds, 'en'), formatDuration(seconds, 'de')]).toEqual([english, german]);
  });
});
