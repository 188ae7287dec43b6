import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUnits, splitEvenly, toUnits } from './shares.ts';

const CURRENCIES = ['JPY', 'USD', 'BHD', 'CLF'].map((code, index) => ({ code, decimals: [0, 2, 3, 4][index] ?? 0 }));

describe('splitEvenly', () => {
  it('gives the units of the remainder to the first shares', () => {
    expect(splitEvenly(1000, 3)).toEqual([334, 333, 333]);
    expect(splitEvenly(2, 3)).toEqual([1, 1, 0]);
    expect(splitEvenly(0, 2)).toEqual([0, 0]);
  });

  it('gives shares whose sum is the amount, and of which no two differ by more than one unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 1, max: 500 }), (units, count) => {
        const shares = splitEvenly(units, count);
        expect(shares).toHaveLength(count);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(units);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('toUnits', () => {
  it('is the inverse of fromUnits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom(...CURRENCIES), (units, currency) => {
        expect(toUnits(fromUnits(units, currency), currency)).toBe(units);
      }),
    );
  });

  it('reads numbers and decimals with fewer digits than the currency has', () => {
    const usd = { code: 'USD', decimals: 2 };
    expect([toUnits('5000', usd), toUnits('5000.5', usd), toUnits(0.07, usd), toUnits(20_000, usd)]).toEqual([
      500_000, 500_050, 7, 2_000_000,
    ]);
  });
});
