import { describe, expect, it } from 'vitest';
import { nextCodeAt } from './code-limit.ts';

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
