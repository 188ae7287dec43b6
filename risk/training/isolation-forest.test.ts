import { describe, expect, it } from 'vitest';
import { Random } from '../data/random.ts';
import { anomalyOf, averagePathLength, fitIsolationForest } from './isolation-forest.ts';

describe('averagePathLength', () => {
  it.each([
    [1, 0],
    [2, 1],
    [256, 10.2448], // 2 (ln 255 + γ) - 2 · 255 / 256
  ])('of %d rows is the constant of the paper', (n, length) => {
    expect(averagePathLength(n)).toBeCloseTo(length, 4);
  });

  it('approximates twice the harmonic number less a part', () => {
    const harmonic = Array.from({ length: 999 }, (_, index) => 1 / (index + 1)).reduce((sum, each) => sum + each, 0);
    expect(averagePathLength(1000)).toBeCloseTo(2 * harmonic - (2 * 999) / 1000, 2);
  });
});

describe('fitIsolationForest', () => {
  const random = new Random('forest');
  const rows = random.times(600, () => Float64Array.of(random.normal(), random.normal()));
  const forest = fitIsolationForest(rows, { trees: 60, sampleSize: 128 }, new Random('trees'));

  it('isolates a row far from the others sooner', () => {
    const [inside, outside] = [Float64Array.of(0, 0), Float64Array.of(6, -6)].map((row) => anomalyOf(forest, row));
    expect(inside).toBeLessThan(0.5);
    expect(outside).toBeGreaterThan(0.7);
  });

  it('is the same for the same seed', () => {
    const again = fitIsolationForest(rows, { trees: 60, sampleSize: 128 }, new Random('trees'));
    expect(anomalyOf(again, Float64Array.of(1, 2))).toBe(anomalyOf(forest, Float64Array.of(1, 2)));
  });

  it('is one half where all rows are equal', () => {
    const equal = fitIsolationForest(
      [1, 1, 1, 1].map(() => Float64Array.of(3)),
      { trees: 5, sampleSize: 4 },
      random,
    );
    expect(anomalyOf(equal, Float64Array.of(9))).toBeCloseTo(0.5, 12);
  });
});
