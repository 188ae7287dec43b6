import { describe, expect, it } from 'vitest';
import { Random } from '../data/random.ts';
import { fitLogistic, logOddsOf } from './logistic-regression.ts';
import { at, type Data, sigmoid } from './matrix.ts';

/** Hours of study and whether the exam was passed: the example of many textbooks. */
const HOURS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5];
const PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1];

function randomData(seed: string): Data {
  const random = new Random(seed);
  const rows = random.times(300, () => Float64Array.from({ length: 4 }, () => random.normal()));
  const labels = rows.map((row) => (random.chance(sigmoid(at(row, 0) - 2 * at(row, 1) - 0.5)) ? 1 : 0));
  return { rows, labels, weights: random.times(300, () => random.between(0.2, 2)) };
}

/** Of the loss that `fitLogistic` minimizes, by differences of its values. */
function gradientOf({ rows, labels, weights }: Data, values: readonly number[], l2: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const loss = (point: readonly number[]) => {
    const model = { intercept: at(point, 4), coefficients: Float64Array.from(point.slice(0, 4)) };
    const losses = rows.map((row, index) => {
      const probability = sigmoid(logOddsOf(model, row));
      return -at(weights, index) * Math.log(labels[index] === 1 ? probability : 1 - probability);
    });
    const penalty = point.slice(0, 4).reduce((sum, value) => sum + value * value, 0) * (l2 / 2);
    return losses.reduce((sum, each) => sum + each, 0) / total + penalty;
  };
  const step = 1e-5;
  return values.map((_, index) => {
    const moved = (by: number) => loss(values.map((value, other) => (other === index ? value + by : value)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

describe('fitLogistic', () => {
  it('has the published coefficients for hours of study and passing an exam', () => {
    const rows = HOURS.map((hours) => Float64Array.of(hours));
    const { intercept, coefficients } = fitLogistic({ rows, labels: PASSED, weights: HOURS.map(() => 1) }, { l2: 0 });
    expect(intercept).toBeCloseTo(-4.0777, 4);
    expect(coefficients[0]).toBeCloseTo(1.5046, 4);
  });

  it('has the log-odds of the labels as intercept where no column says anything', () => {
    const data = { rows: [1, 1, 1, 1].map(() => Float64Array.of(0)), labels: [1, 0, 0, 0], weights: [1, 1, 1, 1] };
    expect(fitLogistic(data, { l2: 0.1 }).intercept).toBeCloseTo(Math.log(1 / 3), 8);
  });

  it('takes a weight of two like a row that comes twice', () => {
    const rows = HOURS.map((hours) => Float64Array.of(hours));
    const weights = HOURS.map((_, index) => (index === 6 ? 2 : 1));
    const weighted = fitLogistic({ rows, labels: PASSED, weights }, { l2: 0.01 });
    const [row = Float64Array.of(0)] = rows.slice(6);
    const twice = { rows: [...rows, row], labels: [...PASSED, 1], weights: [...weights.map(() => 1), 1] };
    const repeated = fitLogistic(twice, { l2: 0.01 });
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 8);
  });

  it.each([0, 0.01, 1])('ends where the gradient is zero, with a penalty of %d', (l2) => {
    const data = randomData('gradient');
    const { intercept, coefficients } = fitLogistic(data, { l2 });
    for (const slope of gradientOf(data, [...coefficients, intercept], l2)) expect(Math.abs(slope)).toBeLessThan(1e-7);
  });

  it('keeps to the signs, and ends where only they keep the loss from falling', () => {
    const data = randomData('signs');
    const { intercept, coefficients } = fitLogistic(data, { l2: 0.001, signs: [-1, -1, 1, 0] });
    expect(coefficients[0]).toBe(0);
    expect(coefficients[1]).toBeLessThan(-1);
    const gradient = gradientOf(data, [...coefficients, intercept], 0.001);
    expect(gradient[0]).toBeLessThan(0); // a positive coefficient would lower the loss
    for (const index of [1, 3, 4]) expect(Math.abs(gradient[index] ?? 1)).toBeLessThan(1e-7);
  });

  it('has a solution with a penalty where the labels can be separated', () => {
    const rows = [-2, -1, 1, 2].map((value) => Float64Array.of(value));
    const { coefficients } = fitLogistic({ rows, labels: [0, 0, 1, 1], weights: [1, 1, 1, 1] }, { l2: 0.1 });
    expect(coefficients[0]).toBeGreaterThan(0.5);
    expect(coefficients[0]).toBeLessThan(5);
  });
});
