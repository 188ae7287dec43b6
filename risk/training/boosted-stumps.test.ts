import { describe, expect, it } from 'vitest';
import { Random } from '../data/random.ts';
import { fitStumps, stumpLogOdds } from './boosted-stumps.ts';
import { at } from './matrix.ts';

const OPTIONS = { rounds: 1, rate: 1, l2: 1 };

describe('fitStumps', () => {
  const rows = [1, 2, 3, 4, 5, 6].map((value) => Float64Array.of(7, value));
  const labels = [0, 0, 0, 1, 1, 1];
  const weights = rows.map(() => 1);

  it('takes the split of the largest gain, with Newton’s values', () => {
    const { base, stumps } = fitStumps({ rows, labels, weights }, OPTIONS);
    expect(base).toBe(0);
    // Three rows on each side, each with gradient ±1/2 and curvature 1/4: -G / (H + l2).
    expect(stumps).toEqual([{ column: 1, limit: 3.5, below: -1.5 / 1.75, above: 1.5 / 1.75 }]);
  });

  it('starts from the log-odds of the labels by weight', () => {
    const { base } = fitStumps({ rows, labels, weights: [1, 1, 1, 3, 3, 3] }, { ...OPTIONS, rounds: 0 });
    expect(base).toBeCloseTo(Math.log(3), 12);
  });

  it('takes no split against the sign of its column', () => {
    expect(fitStumps({ rows, labels, weights }, { ...OPTIONS, signs: [0, -1] }).stumps).toEqual([]);
    expect(fitStumps({ rows, labels, weights }, { ...OPTIONS, signs: [0, 1] }).stumps).toHaveLength(1);
  });

  it('learns an interval from many rounds, which no line can', () => {
    const random = new Random('interval');
    const points = random.times(400, () => Float64Array.of(random.between(-3, 3)));
    const inside = points.map((row) => (Math.abs(at(row, 0)) < 1 ? 1 : 0));
    const model = fitStumps({ rows: points, labels: inside, weights: points.map(() => 1) }, { rounds: 200, rate: 0.3, l2: 1 });
    const wrong = points.filter((row, index) => stumpLogOdds(model, row) > 0 !== (inside[index] === 1));
    expect(wrong.length).toBeLessThan(15); // within a bin of the ends
  });
});
