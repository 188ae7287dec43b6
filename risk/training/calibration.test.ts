import { describe, expect, it } from 'vitest';
import { Random } from '../data/random.ts';
import { atBaseRate, calibrated, fitPlatt } from './calibration.ts';
import { sigmoid } from './matrix.ts';

describe('fitPlatt', () => {
  it('finds how far log-odds are stretched and moved', () => {
    const random = new Random('platt');
    const scored = random.times(4000, () => {
      const logOdds = 4 * random.normal();
      const probability = sigmoid(0.5 * logOdds - 1);
      // Each score counts as both outcomes, by their probability: no noise.
      return [
        { logOdds, isAbusive: true, weight: probability },
        { logOdds, isAbusive: false, weight: 1 - probability },
      ];
    });
    const { slope, offset } = fitPlatt(scored.flat());
    expect(slope).toBeCloseTo(0.5, 3);
    expect(offset).toBeCloseTo(-1, 3);
  });

  it('does not turn the order round', () => {
    const scored = [-1, 0, 1].map((logOdds) => ({ logOdds, isAbusive: logOdds < 0, weight: 1 }));
    expect(fitPlatt(scored).slope).toBeGreaterThan(0);
  });
});

describe('atBaseRate', () => {
  it('moves the probability of a batch that says nothing to the base rate', () => {
    const even = { slope: 1, offset: 0 };
    expect(calibrated(atBaseRate(even, 0.5, 0.01), 0)).toBeCloseTo(0.01, 12);
  });
});
