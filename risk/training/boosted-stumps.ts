import { at, type Data, type Sign, sigmoid } from './matrix.ts';

/** Adds `below` to a row's log-odds if its value in the column is below the limit, else `above`. */
export interface Stump {
  readonly column: number;
  readonly limit: number;
  readonly below: number;
  readonly above: number;
}

export interface BoostedStumps {
  readonly base: number;
  readonly stumps: readonly Stump[];
}

export interface BoostingOptions {
  readonly rounds: number;
  /** Part of each step that is taken. */
  readonly rate: number;
  /** Penalty of the squares of a stump's two values. */
  readonly l2: number;
  /** Of each column; a stump of the other direction is not taken. Default: any. */
  readonly signs?: readonly Sign[];
  /** Log-odds of each row by a model whose errors the stumps correct. Default: those of all rows together. */
  readonly start?: readonly number[];
}

const BINS_MAX = 32;

/** Gradient boosting with the log loss, one split a round (XGBoost's gain). Deterministic: the first of equal splits wins. */
export function fitStumps(data: Data, { rounds, rate, l2, signs = [], start }: BoostingOptions): BoostedStumps {
  const columns = (data.rows[0] ?? []).length;
  const limits = Array.from({ length: columns }, (_, column) => limitsOf(data.rows.map((row) => at(row, column))));
  const bins = data.rows.map((row) => Uint8Array.from(row, (value, column) => binOf(limits[column] ?? [], value)));
  const total = data.weights.reduce((sum, weight) => sum + weight, 0);
  const positive = data.weights.reduce((sum, weight, index) => sum + weight * at(data.labels, index), 0);
  const base = start ? 0 : Math.log(positive / (total - positive));
  const logOdds = start ? Float64Array.from(start) : new Float64Array(data.rows.length).fill(base);
  const stumps: Stump[] = [];
  for (let round = 0; round < rounds; round++) {
    const split = bestSplit(data, bins, logOdds, limits, { l2, signs });
    if (!split) break;
    const stump = { ...split.stump, below: split.stump.below * rate, above: split.stump.above * rate };
    stumps.push(stump);
    bins.forEach((row, index) => {
      logOdds[index] = at(logOdds, index) + (at(row, stump.column) <= split.bin ? stump.below : stump.above);
    });
  }
  return { base, stumps };
}

export function stumpLogOdds({ base, stumps }: BoostedStumps, row: Float64Array): number {
  let sum = base;
  for (const { column, limit, below, above } of stumps) sum += at(row, column) < limit ? below : above;
  return sum;
}

interface Split {
  readonly stump: Stump;
  /** The last bin below the limit. */
  readonly bin: number;
}

function bestSplit(
  { rows, labels, weights }: Data,
  bins: readonly Uint8Array[],
  logOdds: Float64Array,
  limits: readonly (readonly number[])[],
  { l2, signs }: Required<Pick<BoostingOptions, 'l2' | 'signs'>>,
): Split | undefined {
  const width = limits.length * BINS_MAX;
  const [gradients, curvatures] = [new Float64Array(width), new Float64Array(width)];
  let [gradient, curvature] = [0, 0];
  for (let index = 0; index < rows.length; index++) {
    const probability = sigmoid(at(logOdds, index));
    const g = at(weights, index) * (probability - at(labels, index));
    const h = at(weights, index) * probability * (1 - probability);
    gradient += g;
    curvature += h;
    const row = bins[index] ?? new Uint8Array();
    for (let column = 0; column < row.length; column++) {
      const cell = column * BINS_MAX + at(row, column);
      gradients[cell] = at(gradients, cell) + g;
      curvatures[cell] = at(curvatures, cell) + h;
    }
  }
  let best: Split | undefined;
  let bestGain = 1e-9;
  limits.forEach((values, column) => {
    let [g, h] = [0, 0];
    values.forEach((limit, bin) => {
      g += at(gradients, column * BINS_MAX + bin);
      h += at(curvatures, column * BINS_MAX + bin);
      const [below, above] = [-g / (h + l2), -(gradient - g) / (curvature - h + l2)];
      const gain = (g * g) / (h + l2) + (gradient - g) ** 2 / (curvature - h + l2) - gradient ** 2 / (curvature + l2);
      if (gain <= bestGain || (above - below) * (signs[column] ?? 0) < 0) return;
      best = { stump: { column, limit, below, above }, bin };
      bestGain = gain;
    });
  });
  return best;
}

/** Limits at quantiles, at most one fewer than `BINS_MAX`: each half way from the next lower value, so that it can be rounded. */
function limitsOf(values: readonly number[]): number[] {
  const all = Float64Array.from(values).sort();
  const distinct = all.filter((value, index) => value !== all[index - 1]);
  const chosen =
    distinct.length <= BINS_MAX
      ? distinct.subarray(1)
      : Float64Array.from({ length: BINS_MAX - 1 }, (_, part) => at(all, Math.floor(((part + 1) * all.length) / BINS_MAX)));
  const limits = Array.from(chosen, (value) => (value + at(distinct, distinct.indexOf(value) - 1)) / 2);
  return [...new Set(limits)].filter((limit) => limit > at(distinct, 0));
}

/** Bin of a value: how many limits are not above it. */
function binOf(limits: readonly number[], value: number): number {
  let bin = 0;
  while (bin < limits.length && value >= at(limits, bin)) bin++;
  return bin;
}
