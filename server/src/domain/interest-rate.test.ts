import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInterestRate, toPercent } from './interest-rate.ts';

describe('parseInterestRate', () => {
  it('round-trips every thousandth of a percent from 0 to 100', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (thousandths) => {
        const percent = Number(`${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}`);
        const rate = parseInterestRate(percent);
        expect(rate).toBe(thousandths);
        expect(rate === undefined ? undefined : toPercent(rate)).toBe(percent);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [0, 0],
    [0.001, 1],
    [1.005, 1005],
    [4.35, 4350],
    [5.25, 5250],
    [99.999, 99_999],
    [100, 100_000],
  ])('parses %d percent as %i', (percent, thousandths) => {
    expect(parseInterestRate(percent)).toBe(thousandths);
  });

  it.each([-0.001, -1, 100.001, 100.5, 101, 1000, 1e21, 0.0001, 5.2501, 0.1 + 0.2, 1e-7, Number.NaN, Infinity, -Infinity])(
    'rejects %d',
    (percent) => {
      expect(parseInterestRate(percent)).toBeUndefined();
    },
  );
});
