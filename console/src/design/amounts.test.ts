import { describe, expect, it } from 'vitest';
import { differenceOf, sumOf } from './amounts.ts';

describe('differenceOf', () => {
  it.each([
    [0.3, 0.1, 'USD', 0.2],
    [10_000_000_000, 0.01, 'USD', 9_999_999_999.99],
    [5000, 1, 'JPY', 4999],
    [1.003, 1.001, 'BHD', 0.002],
  ])('subtracts exactly: %d − %d %s', (amount, other, currency, difference) => {
    expect(differenceOf(amount, other, currency)).toBe(difference);
  });
});

it('adds amounts exactly', () => {
  expect(sumOf(0.1, 0.2, 'USD')).toBe(0.3);
  expect(sumOf(5649.5, 1000, 'USD')).toBe(6649.5);
});
