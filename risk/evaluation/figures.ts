import type { Features } from '../../server/src/risk/features/feature-table.ts';
import type { RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../../server/src/risk/model/score-of.ts';
import { Random } from '../data/random.ts';
import { BASE_RATE, falseHoldsByGroup } from '../training/choose-model.ts';
import { scoredBatch } from '../training/cross-validation.ts';
import type { Sample } from '../training/samples.ts';
import { BASELINES } from './baselines.ts';
import {
  type AtBudget,
  atBudget,
  bootstrap,
  curveOf,
  falseHolds,
  type Interval,
  mailRecallOf,
  recallOf,
  resampledPrecision,
  resampledRecall,
  type ScoredBatch,
  thresholdFor,
} from './metrics.ts';

/** Parts of all batches that are abusive, in the figures. */
export const BASE_RATES = [0.001, 0.01] as const;
/** Part of all batches that operators review. */
export const BUDGET = 0.01;
/** False holds of 1,000 honest batches, at most, that are the aim. */
export const AIM = 2;
const ROUNDS = 300;

export interface Threshold {
  readonly name: string;
  readonly threshold: number;
}

/** One way of holding batches, on batches that nothing was chosen on. */
export interface MethodFigures {
  readonly name: string;
  readonly falseHolds: number;
  readonly recall: Interval;
  readonly mailRecall: number;
  readonly recallByFamily: Readonly<Record<string, number>>;
  /** By base rate, in the order of `BASE_RATES`. */
  readonly averagePrecision: readonly Interval[];
  readonly atBudget: readonly AtBudget[];
  readonly falseHoldsByGroup: ReturnType<typeof falseHoldsByGroup>;
  readonly threshold: number;
  readonly falseHoldsShifted: number;
  /** Threshold that would hold at most `AIM` of 1,000 shifted honest batches, and its recall. */
  readonly shiftedThreshold: number;
  readonly shiftedRecall: number;
  readonly falseHoldsByShiftedGroup: ReturnType<typeof falseHoldsByGroup>;
  readonly curve: readonly (readonly [recall: number, precision: number])[];
}

/** What holds batches, and from which figure on: the score, and the rules that it must beat. */
export interface Method extends Threshold {
  readonly figureOf: (sample: Sample) => number;
}

/** Pacing as it works: a batch counts where one of its mails is delayed. A delay costs less than a hold, so it is not compared. */
export const ANY_DELAY = 'pacing, any delay';

export function methodsOf(model: RiskModel, baselines: readonly Threshold[]): Method[] {
  const rules = BASELINES.map(({ name, figureOf }) => {
    const threshold = baselines.find((each) => each.name === name)?.threshold;
    if (threshold === undefined) throw new Error(`risk/training.json has no threshold of "${name}": run npm run risk:train`);
    return { name, threshold, figureOf };
  });
  const delays = BASELINES.filter(({ name }) => name === 'pacing alone').map(({ figureOf }) => ({
    name: ANY_DELAY,
    threshold: 1,
    figureOf,
  }));
  const figureOf = ({ features }: { readonly features: Features }) => scoreOf(model, features).score;
  return [{ name: 'score', threshold: model.holdFrom, figureOf }, ...rules, ...delays];
}

/**
 * @param samples of families and of honest stories that the training has not seen
 * @param shifted honest ones of another population
 * @param rounds of resampling, for the intervals
 */
export function figuresOf(
  { name, threshold, figureOf }: Method,
  samples: readonly Sample[],
  shifted: readonly Sample[],
  rounds = ROUNDS,
): MethodFigures {
  const scored = samples.map((sample) => scoredBatch(sample, figureOf(sample)));
  const scoredShifted = shifted.map((sample) => scoredBatch(sample, figureOf(sample)));
  const families = Map.groupBy(
    scored.filter(({ isAbusive }) => isAbusive),
    ({ group }) => group,
  );
  const random = new Random('evaluation');
  const shiftedThreshold = thresholdFor(scoredShifted, AIM);
  return {
    name,
    falseHolds: falseHolds(scored, threshold),
    recall: bootstrap(scored, random.fork('recall'), rounds, resampledRecall(scored, threshold)),
    mailRecall: mailRecallOf(scored, threshold),
    recallByFamily: Object.fromEntries([...families].map(([family, batches]) => [family, recallOf(batches, threshold)])),
    averagePrecision: BASE_RATES.map((rate) => bootstrap(scored, random.fork(rate), rounds, resampledPrecision(scored, rate))),
    atBudget: BASE_RATES.map((rate) => atBudget(scored, rate, BUDGET)),
    falseHoldsByGroup: falseHoldsByGroup(scored, threshold),
    threshold,
    falseHoldsShifted: falseHolds(scoredShifted, threshold),
    shiftedThreshold,
    shiftedRecall: recallOf(scored, shiftedThreshold),
    falseHoldsByShiftedGroup: falseHoldsByGroup(scoredShifted, threshold),
    curve: curveOf(scored, BASE_RATE),
  };
}

/** Batches of a range of scores: what the score promises, and what they are, at the model's base rate. */
export interface CalibrationBin {
  readonly from: number;
  readonly predicted: number;
  readonly observed: number;
  /** Part of all batches. */
  readonly part: number;
}

const BIN_LIMITS = [0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 1.01];

export function calibrationOf(scored: readonly ScoredBatch[], weights: readonly number[]): CalibrationBin[] {
  return BIN_LIMITS.slice(0, -1).flatMap((from, bin) => {
    let [part, predicted, abusive] = [0, 0, 0];
    scored.forEach(({ score, isAbusive }, index) => {
      if (score < from || score >= (BIN_LIMITS[bin + 1] ?? 2)) return;
      const weight = (weights[index] ?? 0) * (isAbusive ? BASE_RATE : 1 - BASE_RATE);
      part += weight;
      predicted += weight * score;
      if (isAbusive) abusive += weight;
    });
    return part === 0 ? [] : [{ from, predicted: predicted / part, observed: abusive / part, part }];
  });
}
