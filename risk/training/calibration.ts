import { fitLogistic } from './logistic-regression.ts';
import { sigmoid } from './matrix.ts';

/** A line from the log-odds of a model to those of a probability. */
export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

/** A score of a row that the model was not fitted on. */
export interface Scored {
  readonly logOdds: number;
  readonly isAbusive: boolean;
  readonly weight: number;
}

/** Platt's method: a logistic regression on the model's own log-odds. The slope is positive, so that the order stays. */
export function fitPlatt(scored: readonly Scored[]): Calibration {
  const { intercept, coefficients } = fitLogistic(
    {
      rows: scored.map(({ logOdds }) => Float64Array.of(logOdds)),
      labels: scored.map(({ isAbusive }) => (isAbusive ? 1 : 0)),
      weights: scored.map(({ weight }) => weight),
    },
    { l2: 1e-6, signs: [1] },
  );
  return { slope: Math.max(coefficients[0] ?? 0, 1e-3), offset: intercept };
}

export function calibrated({ slope, offset }: Calibration, logOdds: number): number {
  return sigmoid(slope * logOdds + offset);
}

/** The same calibration where another part of the batches is abusive. */
export function atBaseRate({ slope, offset }: Calibration, trained: number, served: number): Calibration {
  return { slope, offset: offset + logOddsOfRate(served) - logOddsOfRate(trained) };
}

function logOddsOfRate(rate: number): number {
  return Math.log(rate / (1 - rate));
}
