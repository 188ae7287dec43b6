import { FEATURE_NAMES, FEATURES, type FeatureName, type Features } from '../features/feature-table.ts';
import type { RiskModel } from './risk-model.ts';

/** Why a batch scores higher than a typical honest one. */
interface RiskReason {
  readonly feature: FeatureName;
  /** In plain words, from the table of features. */
  readonly label: string;
  /** Log-odds that the feature adds. */
  readonly contribution: number;
}

export interface RiskScore {
  /** Probability that the batch is abusive, at the model's base rate, as far as its training data resemble reality: 0 to 1. */
  readonly score: number;
  /** Largest first, at most `REASONS_MAX`. */
  readonly reasons: readonly RiskReason[];
  readonly modelVersion: string;
}

const REASONS_MAX = 5;
/** Below this, a reason would explain nothing. */
const CONTRIBUTION_MIN = 0.1;

export function scoreOf(model: RiskModel, features: Features): RiskScore {
  const { slope, offset } = model.calibration;
  const contributions = contributionsOf(model, features);
  const logOdds = FEATURE_NAMES.reduce((sum, name) => sum + contributions[name], model.intercept);
  return {
    score: 1 / (1 + Math.exp(-(slope * logOdds + offset))),
    reasons: FEATURE_NAMES.map((feature) => ({
      feature,
      label: FEATURES[feature].label,
      contribution: slope * contributions[feature],
    }))
      .filter(({ contribution }) => contribution >= CONTRIBUTION_MIN)
      .sort((a, b) => b.contribution - a.contribution)
      .slice(0, REASONS_MAX),
    modelVersion: model.version,
  };
}

/** What each feature adds to the log-odds, before the calibration. */
function contributionsOf({ weights, steps }: RiskModel, features: Features): Record<FeatureName, number> {
  const contributions = { ...features };
  for (const name of FEATURE_NAMES) {
    const { mean, scale, weight } = weights[name];
    contributions[name] = (weight * (features[name] - mean)) / scale;
  }
  for (const { feature, limit, below, above } of steps) contributions[feature] += features[feature] < limit ? below : above;
  return contributions;
}
