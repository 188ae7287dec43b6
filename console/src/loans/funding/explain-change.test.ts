import { describe, expect, it } from 'vitest';
import { decreaseBetween } from './explain-change.ts';

const totals = (version: number, total_accepted: number, total_invited: number) => ({ version, total_accepted, total_invited });

describe('decreaseBetween', () => {
  it.each([
    ['accepted', totals(1, 500, 900), totals(2, 400, 900)],
    ['invited', totals(1, 500, 900), totals(2, 500, 800)],
    [undefined, totals(1, 500, 900), totals(2, 600, 900)],
    [undefined, totals(2, 500, 900), totals(2, 400, 800)],
  ])('returns %s', (decrease, before, after) => {
    expect(decreaseBetween(before, after)).toBe(decrease);
  });
});
