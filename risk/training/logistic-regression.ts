import { at, type Data, type Sign, sigmoid } from './matrix.ts';

export interface Logistic {
  readonly intercept: number;
  readonly coefficients: Float64Array;
}

export interface LogisticOptions {
  /** Penalty of the squares of the coefficients' distances from `prior`, beside the mean loss; the intercept has none. */
  readonly l2: number;
  /** What the coefficients are taken to be where the data say nothing. Default: 0. */
  readonly prior?: readonly number[];
  /** Of each coefficient. Default: any. */
  readonly signs?: readonly Sign[];
}

const ROUNDS_MAX = 100;
const SWEEPS_MAX = 1000;
const TOLERANCE = 1e-10;
/** Curvature of a row whose outcome is certain. */
const CURVATURE_MIN = 1e-6;

/**
 * Minimizes the mean log loss by weight plus l2/2 · |coefficients - prior|²: Newton's method, where each quadratic problem is solved
 * by coordinate descent, which keeps the signs. The problem is convex, so there is one solution.
 */
export function fitLogistic(data: Data, { l2, prior = [], signs = [] }: LogisticOptions): Logistic {
  const penalty = { l2, prior };
  const width = data.rows[0]?.length ?? 0;
  let solution: Float64Array = new Float64Array(width + 1); // the intercept is last
  let loss = lossOf(data, solution, penalty);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const target = minimizeQuadratic(quadraticAt(data, solution, penalty), solution, signs);
    let next = target;
    let nextLoss = lossOf(data, next, penalty);
    for (let step = 0.5; nextLoss > loss && step > 1e-6; step /= 2) {
      const factor = step;
      next = solution.map((value, index) => value + factor * (at(target, index) - value));
      nextLoss = lossOf(data, next, penalty);
    }
    const moved = Math.max(...next.map((value, index) => Math.abs(value - at(solution, index))));
    if (nextLoss <= loss) [solution, loss] = [next, nextLoss];
    if (moved < 1e-8) break;
  }
  return { intercept: at(solution, width), coefficients: solution.slice(0, width) };
}

type Penalty = Required<Pick<LogisticOptions, 'l2' | 'prior'>>;

/** Log-odds of a row. @internal exported for tests */
export function logOddsOf({ intercept, coefficients }: Logistic, row: Float64Array): number {
  let sum = intercept;
  for (let column = 0; column < coefficients.length; column++) sum += at(coefficients, column) * at(row, column);
  return sum;
}

function logOddsAt(solution: Float64Array, row: Float64Array): number {
  let sum = at(solution, row.length);
  for (let column = 0; column < row.length; column++) sum += at(solution, column) * at(row, column);
  return sum;
}

function lossOf({ rows, labels, weights }: Data, solution: Float64Array, { l2, prior }: Penalty): number {
  let [sum, total] = [0, 0];
  rows.forEach((row, index) => {
    const logOdds = logOddsAt(solution, row);
    const margin = at(labels, index) === 1 ? logOdds : -logOdds;
    sum += at(weights, index) * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
    total += at(weights, index);
  });
  const squares = solution.subarray(0, -1).reduce((before, value, index) => before + (value - at(prior, index)) ** 2, 0);
  return sum / total + (l2 / 2) * squares;
}

/** The loss near a point: hessian · x · x / 2 - linear · x. */
interface Quadratic {
  readonly hessian: readonly Float64Array[];
  readonly linear: Float64Array;
}

function quadraticAt({ rows, labels, weights }: Data, solution: Float64Array, { l2, prior }: Penalty): Quadratic {
  const size = solution.length;
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  const linear = new Float64Array(size);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const extended = new Float64Array(size).fill(1);
  rows.forEach((row, index) => {
    const logOdds = logOddsAt(solution, row);
    const probability = sigmoid(logOdds);
    const part = at(weights, index) / total;
    const curvature = Math.max(probability * (1 - probability), CURVATURE_MIN);
    const pull = part * (curvature * logOdds + at(labels, index) - probability);
    extended.set(row);
    for (let i = 0; i < size; i++) {
      linear[i] = at(linear, i) + pull * at(extended, i);
      const line = hessian[i];
      if (line) for (let j = 0; j <= i; j++) line[j] = at(line, j) + part * curvature * at(extended, i) * at(extended, j);
    }
  });
  hessian.forEach((line, i) => {
    if (i < size - 1) {
      line[i] = at(line, i) + l2;
      linear[i] = at(linear, i) + l2 * at(prior, i);
    }
    for (let j = i + 1; j < size; j++) line[j] = at(hessian[j] ?? line, i);
  });
  return { hessian, linear };
}

function minimizeQuadratic({ hessian, linear }: Quadratic, start: Float64Array, signs: readonly Sign[]): Float64Array {
  const solution = start.slice();
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let moved = 0;
    hessian.forEach((line, i) => {
      let rest = at(linear, i);
      for (let j = 0; j < line.length; j++) if (j !== i) rest -= at(line, j) * at(solution, j);
      const value = withSign(rest / at(line, i), i < solution.length - 1 ? (signs[i] ?? 0) : 0);
      moved = Math.max(moved, Math.abs(value - at(solution, i)));
      solution[i] = value;
    });
    if (moved < TOLERANCE) break;
  }
  return solution;
}

function withSign(value: number, sign: Sign): number {
  return sign !== 0 && value * sign < 0 ? 0 : value;
}
