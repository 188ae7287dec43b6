import { describe, expect, it } from 'vitest';
import { backoffMs, isPassing, retryAfterMs } from './retry.ts';

describe('the delay before another attempt', () => {
  it('is anything from nothing to a most, which doubles up to a limit', () => {
    const most = (attempts: number, random: number) =>
      backoffMs(attempts, { delayMs: 500, delayMsMax: 3000, random: () => random });
    expect([1, 2, 3, 4, 99].map((attempts) => most(attempts, 1))).toEqual([500, 1000, 2000, 3000, 3000]);
    expect(most(4, 0)).toBe(0);
    expect(most(2, 0.25)).toBe(250);
  });
});

describe('an answer after which another attempt may help', () => {
  it.each(
    [
      [408, 429, 500, 502, 503, 504, 599].map((status) => [status, true] as const),
      [0, 200, 301, 400, 401, 403, 404, 409, 413, 415, 422, 428, 499].map((status) => [status, false] as const),
    ].flat(),
  )('%i: %s', (status, expected) => {
    expect(isPassing(status)).toBe(expected);
  });
});

describe('what the server asks to wait', () => {
  const OURS = Date.UTC(2026, 2, 1, 9, 15);

  it.each([
    ['seconds', { 'Retry-After': '5' }, 5000],
    ['none', { 'Retry-After': '0' }, 0],
    ['a date, by its own clock', { 'Retry-After': 'Sun, 01 Mar 2026 12:00:07 GMT', Date: 'Sun, 01 Mar 2026 12:00:00 GMT' }, 7000],
    ['a date, by ours where it tells none', { 'Retry-After': 'Sun, 01 Mar 2026 09:15:09 GMT' }, 9000],
    ['a date, by ours where its own is none', { 'Retry-After': 'Sun, 01 Mar 2026 09:15:09 GMT', Date: 'yesterday' }, 9000],
    ['a date of the older forms', { 'Retry-After': 'Sunday, 01-Mar-26 09:15:02 GMT' }, 2000],
    ['a date that has passed', { 'Retry-After': 'Sun, 01 Mar 2026 09:00:00 GMT' }, 0],
    ['nothing', {}, undefined],
    ['what is no time, though engines may read it as one', { 'Retry-After': '-5' }, undefined],
    ['what is no whole number', { 'Retry-After': '1.5' }, undefined],
    ['words', { 'Retry-After': 'Soon, 3 or 4' }, undefined],
  ])('is read: %s', (_, headers: Record<string, string>, expected) => {
    expect(retryAfterMs(new Headers(headers), OURS)).toBe(expected);
  });
});
