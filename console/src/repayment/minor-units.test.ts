import { describe, expect, it } from 'vitest';
import { toMajorUnits, toMinorUnits } from './minor-units.ts';

describe('toMinorUnits', () => {
  it.each([
    [49.99, 2, 4999],
    [0.29, 2, 29],
    ['5000.5', 2, 500_050],
    [5000, 0, 5000],
    [1.001, 3, 1001],
    [10_000_000_000, 2, 1e12],
  ])('converts %s with %i decimals', (amount, decimals, units) => {
    expect(toMinorUnits(amount, decimals)).toBe(units);
  });

  it.each([
    [1.5, 0],
    [0.001, 2],
    [-1, 2],
    ['1,5', 2],
    ['', 2],
    [Number.NaN, 2],
  ])('rejects %s with %i decimals', (amount, decimals) => {
    expect(() => toMinorUnits(amount, decimals)).toThrow(RangeError);
  });
});

describe('toMajorUnits', () => {
  it.each([
    [4999, 2, '49.99'],
    [5, 2, '0.05'],
    [5000, 0, '5000'],
    [0, 3, '0.000'],
  ])('converts %i with %i decimals', (units, decimals, amount) => {
    expect(toMajorUnits(units, decimals)).toBe(amount);
  });
});
