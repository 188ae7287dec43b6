import type { Random } from '../data/random.ts';

/** A batch with a score of any scale: the higher, the sooner it is held. */
export interface ScoredBatch {
  readonly score: number;
  readonly group: string;
  readonly episode: number;
  readonly isAbusive: boolean;
  readonly mails: number;
}

/** Precision at a part of all batches that is reviewed. */
export interface AtBudget {
  readonly precision: number;
  readonly recall: number;
}

export interface Interval {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

/** Scores with the part of the honest, and of the abusive batches, that each one is. */
interface Point {
  readonly score: number;
  honest: number;
  abusive: number;
}

/** The lowest threshold that holds at most so many of 1,000 honest batches. */
export function thresholdFor(batches: readonly ScoredBatch[], falseHoldsMax: number): number {
  const scores = batches
    .filter(({ isAbusive }) => !isAbusive)
    .map(({ score }) => score)
    .sort((a, b) => b - a);
  const allowed = Math.floor((falseHoldsMax * scores.length) / 1000);
  const firstAllowed = scores[allowed] ?? Number.NEGATIVE_INFINITY;
  // Just above the first score that must not be held.
  const above = scores.slice(0, allowed).filter((score) => score > firstAllowed);
  return above.at(-1) ?? nextAbove(firstAllowed);
}

/** False holds of 1,000 honest batches. */
export function falseHolds(batches: readonly ScoredBatch[], threshold: number): number {
  const honest = batches.filter(({ isAbusive }) => !isAbusive);
  return (1000 * honest.filter(({ score }) => score >= threshold).length) / Math.max(1, honest.length);
}

/** Part of the abusive batches that is held: the mean of the families, and in each of its stories. */
export function recallOf(batches: readonly ScoredBatch[], threshold: number): number {
  return sumOf(batches, weightsOf(batches), ({ isAbusive, score }) => isAbusive && score >= threshold);
}

/** The same of the mails in them. */
export function mailRecallOf(batches: readonly ScoredBatch[], threshold: number): number {
  return sumOf(
    batches,
    weightsOf(batches, ({ mails }) => mails),
    ({ isAbusive, score }) => isAbusive && score >= threshold,
  );
}

/** Area below the curve of precision and recall (average precision), where this part of all batches is abusive. */
export function averagePrecision(batches: readonly ScoredBatch[], baseRate: number): number {
  return areaOf(pointsOf(batches, weightsOf(batches)), baseRate);
}

/** Precision and recall where operators review this part of all batches, the highest scores first. */
export function atBudget(batches: readonly ScoredBatch[], baseRate: number, budget: number): AtBudget {
  let [honest, abusive] = [0, 0];
  for (const point of pointsOf(batches, weightsOf(batches))) {
    const flagged = baseRate * (abusive + point.abusive) + (1 - baseRate) * (honest + point.honest);
    const left = budget - (baseRate * abusive + (1 - baseRate) * honest);
    const taken = flagged <= budget ? 1 : left / (baseRate * point.abusive + (1 - baseRate) * point.honest);
    honest += taken * point.honest;
    abusive += taken * point.abusive;
    if (taken < 1) break;
  }
  const found = baseRate * abusive;
  return { precision: found === 0 ? 0 : found / (found + (1 - baseRate) * honest), recall: abusive };
}

/** A figure of batches when each story counts so often. */
type Resampled = (counts: ArrayLike<number>) => number;

/**
 * The middle 95 % of a figure when stories are drawn with repetition from each group.
 * @param figure of the same batches
 */
export function bootstrap(batches: readonly ScoredBatch[], random: Random, rounds: number, figure: Resampled): Interval {
  const groups = Map.groupBy(new Map(batches.map((batch) => [batch.episode, batch])).values(), ({ group }) => group);
  const size = 1 + batches.reduce((most, { episode }) => Math.max(most, episode), 0);
  const values = random.times(rounds, () => {
    const counts = new Uint16Array(size);
    for (const stories of groups.values()) {
      for (const _ of stories) {
        const { episode } = random.pick(stories);
        counts[episode] = (counts[episode] ?? 0) + 1;
      }
    }
    return figure(counts);
  });
  values.sort((a, b) => a - b);
  const part = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  return { low: part(0.025), value: figure(new Uint16Array(size).fill(1)), high: part(0.975) };
}

/** Average precision as `bootstrap` takes it. */
export function resampledPrecision(batches: readonly ScoredBatch[], baseRate: number): Resampled {
  const sorted = [...batches].sort((a, b) => b.score - a.score);
  const weightsFor = resampledWeights(sorted);
  return (counts) => areaOf(pointsIn(sorted, weightsFor(counts)), baseRate);
}

/** Recall as `bootstrap` takes it. */
export function resampledRecall(batches: readonly ScoredBatch[], threshold: number): Resampled {
  const weightsFor = resampledWeights(batches);
  return (counts) => sumOf(batches, weightsFor(counts), ({ isAbusive, score }) => isAbusive && score >= threshold);
}

/** Points of the curve of precision and recall, from the highest score on; some hundred, evenly over recall. */
export function curveOf(batches: readonly ScoredBatch[], baseRate: number): (readonly [recall: number, precision: number])[] {
  let [honest, abusive, last] = [0, 0, -1];
  const curve: (readonly [number, number])[] = [];
  for (const point of pointsOf(batches, weightsOf(batches))) {
    honest += point.honest;
    abusive += point.abusive;
    const found = baseRate * abusive;
    if (abusive - last < 0.01 && abusive < 1 - 1e-9) continue;
    curve.push([abusive, found === 0 ? 0 : found / (found + (1 - baseRate) * honest)]);
    last = abusive;
  }
  return curve;
}

/** `weightsOf` where each story counts as often as it was drawn. */
function resampledWeights(batches: readonly ScoredBatch[]): (counts: ArrayLike<number>) => Float64Array {
  const families = [...new Set(batches.flatMap(({ isAbusive, group }) => (isAbusive ? [group] : [])))];
  const kindOf = batches.map(({ isAbusive, group }) => (isAbusive ? 1 + families.indexOf(group) : 0));
  const inEpisode = new Map<number, number>();
  for (const { isAbusive, episode } of batches) if (isAbusive) inEpisode.set(episode, (inEpisode.get(episode) ?? 0) + 1);
  const partOf = batches.map(({ isAbusive, episode }) => (isAbusive ? 1 / (inEpisode.get(episode) ?? 1) / families.length : 1));
  return (counts) => {
    const totals = new Float64Array(families.length + 1);
    const weights = Float64Array.from(batches, ({ episode }, index) => (partOf[index] ?? 0) * (counts[episode] ?? 0));
    weights.forEach((weight, index) => {
      const kind = kindOf[index] ?? 0;
      totals[kind] = (totals[kind] ?? 0) + weight * (kind === 0 ? 1 : families.length);
    });
    return weights.map((weight, index) => weight / (totals[kindOf[index] ?? 0] || 1));
  };
}

/**
 * The part of its kind that each batch is. Honest ones are equal. Of the abusive ones each family has the same part, and in it
 * each story, however many batches it has.
 */
export function weightsOf(batches: readonly ScoredBatch[], sizeOf: (batch: ScoredBatch) => number = () => 1): number[] {
  const inEpisode = new Map<number, number>();
  const families = new Map<string, Set<number>>();
  for (const batch of batches) {
    if (!batch.isAbusive) continue;
    inEpisode.set(batch.episode, (inEpisode.get(batch.episode) ?? 0) + sizeOf(batch));
    families.set(batch.group, (families.get(batch.group) ?? new Set()).add(batch.episode));
  }
  const honest = batches.filter(({ isAbusive }) => !isAbusive).length;
  return batches.map((batch) => {
    if (!batch.isAbusive) return 1 / honest;
    return sizeOf(batch) / (inEpisode.get(batch.episode) ?? 1) / (families.get(batch.group)?.size ?? 1) / families.size;
  });
}

function pointsOf(batches: readonly ScoredBatch[], weights: readonly number[]): Point[] {
  const order = batches
    .map((batch, index) => ({ batch, weight: weights[index] ?? 0 }))
    .sort((a, b) => b.batch.score - a.batch.score);
  return pointsIn(
    order.map(({ batch }) => batch),
    order.map(({ weight }) => weight),
  );
}

/** One point for each score, the highest first. @param sorted by score */
function pointsIn(sorted: readonly ScoredBatch[], weights: ArrayLike<number>): Point[] {
  const points: Point[] = [];
  sorted.forEach(({ score, isAbusive }, index) => {
    const last = points.at(-1);
    const point = last?.score === score ? last : { score, honest: 0, abusive: 0 };
    if (point !== last) points.push(point);
    if (isAbusive) point.abusive += weights[index] ?? 0;
    else point.honest += weights[index] ?? 0;
  });
  return points;
}

function areaOf(points: readonly Point[], baseRate: number): number {
  let [honest, abusive, area] = [0, 0, 0];
  for (const point of points) {
    honest += point.honest;
    abusive += point.abusive;
    const found = baseRate * abusive;
    if (point.abusive > 0) area += point.abusive * (found / (found + (1 - baseRate) * honest));
  }
  return area;
}

function sumOf(batches: readonly ScoredBatch[], weights: ArrayLike<number>, isCounted: (batch: ScoredBatch) => boolean): number {
  return batches.reduce((sum, batch, index) => sum + (isCounted(batch) ? (weights[index] ?? 0) : 0), 0);
}

function nextAbove(value: number): number {
  return value + Math.max(Math.abs(value) * 1e-12, 1e-12);
}
