import { describe, expect, it } from 'vitest';
import { backoffMs, isRetryableStatus, retryAfterMs } from './retry.ts';

describe('backoffMs', () => {
  it('returns a random delay below a bound that doubles up to a limit', () => {
    const delay = (attempts: number, random: number) =>
      backoffMs(attempts, { delayMs: 500, delayMsMax: 3000, random: () => random });
    expect([1, 2, 3, 4, 99].map((attempts) => delay(attempts, 1))).toEqual([500, 1000, 2000, 3000, 3000]);
    expect(delay(4, 0)).toBe(0);
    expect(delay(2, 0.25)).toBe(250);
  });
});

describe('isRetryableStatus', () => {
  it.each(
    [
      [408, 429, 500, 502, 503, 504, 599].map((status) => [status, true] as const),
      [0, 200, 301, 400, 401, 403, 404, 409, 413, 415, 422, 428, 499].map((status) => [status, false] as const),
    ].flat(),
  )('returns for status %i: %s', (status, expected) => {
    expect(isRetryableStatus(status)).toBe(expected);
  });
});

describe('retryAfterMs', () => {
  const LOCAL_NOW = Date.UTC(2026, 2, 1, 9, 15);

  it.each([
    ['seconds', { 'Retry-After': '5' }, 5000],
    ['zero seconds', { 'Retry-After': '0' }, 0],
    [
      'a date, relative to the Date header',
      { 'Retry-After': 'Sun, 01 Mar 2026 12:00:07 GMT', Date: 'Sun, 01 Mar 2026 12:00:00 GMT' },
      7000,
    ],
    ['a date without a Date header, relative to the local clock', { 'Retry-After': 'Sun, 01 Mar 2026 09:15:09 GMT' }, 9000],
    [
      'a date with an invalid Date header, relative to the local clock',
      { 'Retry-After': 'Sun, 01 Mar 2026 09:15:09 GMT', Date: 'yesterday' },
      9000,
    ],
    ['a date in the obsolete RFC 850 format', { 'Retry-After': 'Sunday, 01-Mar-26 09:15:02 GMT' }, 2000],
    ['a past date', { 'Retry-After': 'Sun, 01 Mar 2026 09:00:00 GMT' }, 0],
    ['no header', {}, undefined],
    ['a negative number', { 'Retry-After': '-5' }, undefined],
    ['a fraction', { 'Retry-After': '1.5' }, undefined],
    ['other text', { 'Retry-After': 'Soon, 3 or 4' }, undefined],
  ])('parses %s', (_, headers: Record<string, string>, expected) => {
    expect(retryAfterMs(new Headers(headers), LOCAL_NOW)).toBe(expected);
  });
});
