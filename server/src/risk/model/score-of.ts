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
  const { intercept, weights, calibration, version } = model;
  const contributions = FEATURE_NAMES.map((feature) => {
    const { mean, scale, weight } = weights[feature];
    return {
      feature,
      label: FEATURES[feature].label,
      contribution: calibration.slope * weight * ((features[feature] - mean) / scale),
    };
  });
  const logOdds = contributions.reduce(
    (sum, { contribution }) => sum + contribution,
    calibration.slope * intercept + calibration.offset,
  );
  return {
    score: 1 / (1 + Math.exp(-logOdds)),
    reasons: contributions
      .filter(({ contribution }) => contribution >= CONTRIBUTION_MIN)
      .sort((a, b) => b.contribution - a.contribution)
      .slice(0, REASONS_MAX),
    modelVersion: version,
  };
}
