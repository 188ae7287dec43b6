import { describe, expect, it } from 'vitest';
import { oddsFactor, shownPercent } from './figures.ts';

describe('shownPercent', () => {
  it.each([
    [0.128_198, 13],
    [0.38, 38],
    [0.995, 99],
    [1, 99],
    [0.001, 1],
  ])('shows a score of %d as %d %%', (score, percent) => {
    expect(shownPercent(score)).toBe(percent);
  });
});

describe('oddsFactor', () => {
  it.each([
    [0.1, 1.1],
    [Math.log(8.23), 8.2],
    [Math.log(9.96), 10],
    [Math.log(23.4), 23],
    [Math.log(1234.4), 1234],
  ])('shows log-odds of %d as the factor %d', (contribution, factor) => {
    expect(oddsFactor(contribution)).toBe(factor);
  });
});
