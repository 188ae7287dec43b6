import { ApiError, RateLimitError } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { codeLimitSeconds, nextCodeAt } from './code-limit.ts';

const NOON = new Date(2026, 10, 27, 12).getTime();
const LOCALE = {
  time: (at: number | string) => `time ${new Date(at).toString()}`,
  dateTime: (at: number | string) => `date and time ${new Date(at).toString()}`,
};

describe('nextCodeAt', () => {
  it('is a time of this day, rounded up to the minute, and has the date where it is another day', () => {
    expect(nextCodeAt(NOON, 1199, LOCALE)).toBe(LOCALE.time(NOON + 1200_000));
    expect(nextCodeAt(NOON, 1200, LOCALE)).toBe(LOCALE.time(NOON + 1200_000));
    expect(nextCodeAt(NOON, 43_200, LOCALE)).toBe(LOCALE.dateTime(NOON + 43_200_000));
  });
});

describe('codeLimitSeconds', () => {
  it('is the wait for another code, and nothing for the limit of requests or another error', () => {
    const contextOf = (retryAfter: number | undefined) => {
      const code = 'TOO_MANY_REQUESTS' as const;
      return { requestId: 'r', attempts: 1, retryable: true, retryAfter, status: 429, body: null, code, details: [] };
    };
    const waits = [59, 60, undefined].map((retryAfter) => codeLimitSeconds(new RateLimitError('m', contextOf(retryAfter))));
    expect(waits).toEqual([undefined, 60, undefined]);
    expect(codeLimitSeconds(new ApiError('m', contextOf(600)))).toBeUndefined();
  });
});
