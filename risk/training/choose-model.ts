import { FEATURE_NAMES, type FeatureName } from '../../server/src/risk/features/feature-table.ts';
import { Random } from '../data/random.ts';
import {
  averagePrecision,
  bootstrap,
  falseHolds,
  type Interval,
  recallOf,
  resampledPrecision,
  type ScoredBatch,
  thresholdFor,
} from '../evaluation/metrics.ts';
import type { AdditiveOptions } from './additive-model.ts';
import { scoredAcross } from './cross-validation.ts';
import { boostedStumps, isolationForest, type Learner, regression } from './learners.ts';
import type { Sample } from './samples.ts';

/** Part of all batches that figures and scores take to be abusive. */
export const BASE_RATE = 0.01;
/** False holds of 1,000 honest batches that the threshold allows in training, below the aim of 2. */
export const FALSE_HOLDS_MAX = 1.5;
const ROUNDS = 200;

/** Features of one kind, for the ablation. */
const KINDS: Readonly<Record<string, readonly FeatureName[]>> = {
  'size and speed': ['batchSize', 'dayVolume'],
  'age and answers of the sender': ['accountAge', 'accepted', 'acceptanceRate', 'declineRate', 'optOutRate', 'bounceRate'],
  domains: ['distinctDomains', 'oneDomain', 'freeMail', 'newDomains', 'disposable', 'roles'],
  'patterns of addresses': ['patternRepetition', 'digits', 'numbered', 'nearDuplicates', 'sameMailbox', 'gibberish', 'sorted'],
  names: ['unnamed', 'nameMismatch', 'repeatedName', 'namePayload', 'senderPayload'],
  amounts: ['equalAmounts', 'tinyAmounts'],
  'other senders': ['sharedTargets', 'otherSenders'],
};

interface Candidate {
  readonly learner: Learner;
  /** Set where the program can serve it. */
  readonly options?: AdditiveOptions;
}

/** The simplest first. */
const CANDIDATES: readonly Candidate[] = [
  ...[
    { l2: 0.001, prior: 0, stumps: 0 },
    { l2: 0.01, prior: 0.6, stumps: 0 },
    { l2: 0.005, prior: 0.8, stumps: 0 },
    { l2: 0.005, prior: 0.8, stumps: 30 },
    { l2: 0.005, prior: 0.8, stumps: 100 },
  ].map((options) => ({ learner: regression(options.l2, options.prior, options.stumps), options })),
  { learner: boostedStumps(200) },
  { learner: isolationForest(100) },
];

/** One line of the table of candidates. All figures are of batches whose family, or story, the model had not seen. */
interface CandidateFigures {
  readonly name: string;
  readonly averagePrecision: number;
  /** Recall at the threshold that allows `FALSE_HOLDS_MAX`. */
  readonly recall: number;
  readonly recallByFamily: Readonly<Record<string, number>>;
  /** How much better the best candidate's average precision is, with the middle 95 % of resampled stories. */
  readonly behindBest: Interval;
}

interface Choice {
  readonly options: AdditiveOptions;
  readonly name: string;
  /** Of the chosen one. */
  readonly scored: readonly ScoredBatch[];
  readonly table: readonly CandidateFigures[];
}

/** Tries all candidates across the training families, and takes the simplest that the best one does not beat. */
export function chooseModel(samples: readonly Sample[], log: (line: string) => void): Choice {
  const tried = CANDIDATES.map((candidate) => {
    const scored = scoredAcross(samples, candidate.learner);
    const area = averagePrecision(scored, BASE_RATE);
    log(`${candidate.learner.name}: average precision ${area.toFixed(3)}`);
    return { candidate, scored, area };
  });
  const best = tried.reduce((first, second) => (second.area > first.area ? second : first));
  const table = tried.map(({ candidate, scored, area }): CandidateFigures => {
    const threshold = thresholdFor(scored, FALSE_HOLDS_MAX);
    const families = Map.groupBy(
      scored.filter(({ isAbusive }) => isAbusive),
      ({ group }) => group,
    );
    return {
      name: candidate.learner.name,
      averagePrecision: area,
      recall: recallOf(scored, threshold),
      recallByFamily: Object.fromEntries([...families].map(([family, batches]) => [family, recallOf(batches, threshold)])),
      behindBest: differenceOf(best.scored, scored),
    };
  });
  const chosen = tried.find(({ candidate }, index) => candidate.options && (table[index]?.behindBest.low ?? 1) <= 0);
  if (!chosen?.candidate.options) throw new Error('the best candidate is none that can be served');
  return { options: chosen.candidate.options, name: chosen.candidate.learner.name, scored: chosen.scored, table };
}

interface AblationFigures {
  readonly without: string;
  readonly averagePrecision: number;
  readonly recall: number;
}

/** The kept model without the features of one kind at a time. */
export function ablationOf(samples: readonly Sample[], { l2, prior, stumps }: AdditiveOptions): AblationFigures[] {
  return Object.entries(KINDS).map(([without, features]) => {
    const dropped = new Set(features.map((name) => FEATURE_NAMES.indexOf(name)));
    const change = (row: Float64Array) => row.map((value, column) => (dropped.has(column) ? 0 : value));
    const scored = scoredAcross(samples, regression(l2, prior, stumps), change);
    const threshold = thresholdFor(scored, FALSE_HOLDS_MAX);
    return { without, averagePrecision: averagePrecision(scored, BASE_RATE), recall: recallOf(scored, threshold) };
  });
}

/** False holds of each honest group. */
export function falseHoldsByGroup(
  scored: readonly ScoredBatch[],
  threshold: number,
): Record<string, { batches: number; per1000: number }> {
  const groups = Map.groupBy(
    scored.filter(({ isAbusive }) => !isAbusive),
    ({ group }) => group,
  );
  return Object.fromEntries(
    [...groups].map(([group, batches]) => [group, { batches: batches.length, per1000: falseHolds(batches, threshold) }]),
  );
}

/** Both are resampled alike, so that what makes a draw hard for both does not count. */
function differenceOf(best: readonly ScoredBatch[], other: readonly ScoredBatch[]): Interval {
  const [a, b] = [resampledPrecision(best, BASE_RATE), resampledPrecision(other, BASE_RATE)];
  return bootstrap(best, new Random('candidates'), ROUNDS, (counts) => a(counts) - b(counts));
}
