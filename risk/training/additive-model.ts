import { FEATURE_NAMES } from '../../server/src/risk/features/feature-table.ts';
import { fitStumps, type Stump } from './boosted-stumps.ts';
import { fitLogistic } from './logistic-regression.ts';
import { at, type Data, FEATURE_SCALES_MIN, FEATURE_SIGNS, type Scaling, scaled, scalingOf } from './matrix.ts';

/** A regression, and stumps that correct it. Each feature adds its part on its own, so each part is a reason. */
export interface AdditiveModel {
  readonly intercept: number;
  /** For one scale above the mean. */
  readonly weights: readonly number[];
  readonly scaling: Scaling;
  /** One for each column and limit. A row at the means gets nothing from them. */
  readonly steps: readonly Stump[];
}

export interface AdditiveOptions {
  readonly l2: number;
  /** Weight that a feature has in its direction where the data say nothing of it: it is in the table for a reason. */
  readonly prior: number;
  readonly stumps: number;
}

const BOOSTING = { rate: 0.2, l2: 5 };

export function fitAdditive(data: Data, { l2, prior, stumps }: AdditiveOptions): AdditiveModel {
  const scaling = scalingOf(data, FEATURE_SCALES_MIN);
  const rows = data.rows.map((row) => scaled(row, scaling));
  const { intercept, coefficients } = fitLogistic(
    { ...data, rows },
    { l2, prior: FEATURE_SIGNS.map((sign) => sign * prior), signs: FEATURE_SIGNS },
  );
  const regression: AdditiveModel = { intercept, weights: [...coefficients], scaling, steps: [] };
  if (stumps === 0) return regression;
  const boosting = {
    ...BOOSTING,
    rounds: stumps,
    signs: FEATURE_SIGNS,
    start: data.rows.map((row) => additiveLogOdds(regression, row)),
  };
  return withSteps(regression, fitStumps(normalized(data), boosting).stumps);
}

export function additiveLogOdds({ intercept, weights, scaling, steps }: AdditiveModel, row: Float64Array): number {
  let sum = intercept;
  for (let column = 0; column < weights.length; column++) {
    sum += at(weights, column) * ((at(row, column) - at(scaling.means, column)) / at(scaling.scales, column));
  }
  for (const { column, limit, below, above } of steps) sum += at(row, column) < limit ? below : above;
  return sum;
}

/** With weights of 1 on average, as the penalty of the stumps takes them. */
export function normalized(data: Data): Data {
  const total = data.weights.reduce((sum, weight) => sum + weight, 0);
  return { ...data, weights: data.weights.map((weight) => (weight * data.rows.length) / total) };
}

/** The model as model.json has it, in six digits. */
export function toJson({ intercept, weights, scaling, steps }: AdditiveModel) {
  const named = FEATURE_NAMES.map((name, column) => {
    const [mean, scale, weight] = [scaling.means, scaling.scales, weights].map((values) => rounded(at(values, column)));
    return [name, { mean, scale, weight }] as const;
  });
  return {
    intercept: rounded(intercept),
    weights: Object.fromEntries(named),
    steps: steps.map(({ column, limit, below, above }) => ({
      feature: FEATURE_NAMES[column],
      limit: rounded(limit),
      below: rounded(below),
      above: rounded(above),
    })),
  };
}

export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Adds up stumps of one column and limit, and moves what a typical honest row gets from them to the intercept. */
function withSteps(regression: AdditiveModel, stumps: readonly Stump[]): AdditiveModel {
  const merged = Map.groupBy(stumps, ({ column, limit }) => `${column} ${limit}`);
  let { intercept } = regression;
  const steps = [...merged.values()].flatMap((equal): Stump[] => {
    const [first] = equal;
    if (!first) return [];
    const sum = (side: 'below' | 'above') => equal.reduce((total, stump) => total + stump[side], 0);
    const typical = at(regression.scaling.means, first.column) < first.limit ? sum('below') : sum('above');
    intercept += typical;
    return [{ ...first, below: sum('below') - typical, above: sum('above') - typical }];
  });
  steps.sort((a, b) => a.column - b.column || a.limit - b.limit);
  return { ...regression, intercept, steps };
}
