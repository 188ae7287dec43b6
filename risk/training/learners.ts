import { Random } from '../data/random.ts';
import { additiveLogOdds, fitAdditive, normalized } from './additive-model.ts';
import { fitStumps, stumpLogOdds } from './boosted-stumps.ts';
import { anomalyOf, fitIsolationForest } from './isolation-forest.ts';
import { type Data, FEATURE_SIGNS } from './matrix.ts';

/** A kind of model with its settings. */
export interface Learner {
  readonly name: string;
  /** @returns the score of a row, in log-odds where the kind has such */
  readonly learn: (data: Data) => (row: Float64Array) => number;
}

/** @param prior see `AdditiveOptions` */
export function regression(l2: number, prior: number, stumps = 0): Learner {
  const corrected = stumps > 0 ? `, corrected by ${stumps} stumps` : '';
  return {
    name: `logistic regression, L2 ${l2} around ${prior}${corrected}`,
    learn(data) {
      const model = fitAdditive(data, { l2, prior, stumps });
      return (row) => additiveLogOdds(model, row);
    },
  };
}

export function boostedStumps(rounds: number): Learner {
  return {
    name: `boosted stumps, ${rounds}`,
    learn(data) {
      const model = fitStumps(normalized(data), { rounds, rate: 0.2, l2: 5, signs: FEATURE_SIGNS });
      return (row) => stumpLogOdds(model, row);
    },
  };
}

/** Learns what is usual from the honest batches alone. */
export function isolationForest(trees: number): Learner {
  return {
    name: `isolation forest, ${trees} trees`,
    learn({ rows, labels }) {
      const honest = rows.filter((_, index) => labels[index] === 0);
      const forest = fitIsolationForest(honest, { trees, sampleSize: 256 }, new Random(`isolation forest ${trees}`));
      return (row) => anomalyOf(forest, row);
    },
  };
}
