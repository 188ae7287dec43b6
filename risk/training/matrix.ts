import { FEATURE_NAMES, FEATURES, type Features } from '../../server/src/risk/features/feature-table.ts';

/** Rows of numbers with what they are and how much each counts. */
export interface Data {
  readonly rows: readonly Float64Array[];
  /** 1 for abusive, 0 for honest. */
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

/** Whether a column may raise the result (1), lower it (-1), or both (0). */
export type Sign = -1 | 0 | 1;

export const FEATURE_SIGNS: readonly Sign[] = FEATURE_NAMES.map((name) => (FEATURES[name].effect === 'raises' ? 1 : -1));

/**
 * The least scale of each feature. A share that hardly varies in made data would count too much where it does vary, as a
 * single info@ among friends: 0.05 is one of twenty. The rates of a sender's history are small by nature.
 */
export const FEATURE_SCALES_MIN: readonly number[] = FEATURE_NAMES.map((name) => (FEATURES[name].source === 'history' ? 0 : 0.05));

/** In the order of `FEATURE_NAMES`. */
export function rowOf(features: Features): Float64Array {
  return Float64Array.from(FEATURE_NAMES, (name) => features[name]);
}

/** The mean and the standard deviation of each column; 1 for a column without variation. */
export interface Scaling {
  readonly means: readonly number[];
  readonly scales: readonly number[];
}

/** Means of the rows with label 0, so that a typical honest batch is at 0; deviations of all rows, by weight. */
export function scalingOf({ rows, labels, weights }: Data, scalesMin: readonly number[] = []): Scaling {
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => column);
  const mean = (column: number, weightOf: (row: number) => number) => {
    let [sum, total] = [0, 0];
    rows.forEach((row, index) => {
      sum += weightOf(index) * at(row, column);
      total += weightOf(index);
    });
    return total > 0 ? sum / total : 0;
  };
  const weightOf = (index: number) => weights[index] ?? 0;
  const scales = columns.map((column) => {
    const center = mean(column, weightOf);
    let [sum, total] = [0, 0];
    rows.forEach((row, index) => {
      sum += weightOf(index) * (at(row, column) - center) ** 2;
      total += weightOf(index);
    });
    const deviation = Math.sqrt(sum / total);
    return deviation > 1e-9 ? Math.max(deviation, at(scalesMin, column)) : 1;
  });
  return { means: columns.map((column) => mean(column, (index) => (labels[index] === 0 ? weightOf(index) : 0))), scales };
}

export function scaled(row: Float64Array, { means, scales }: Scaling): Float64Array {
  return row.map((value, column) => (value - (means[column] ?? 0)) / (scales[column] ?? 1));
}

export function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

export function sigmoid(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
