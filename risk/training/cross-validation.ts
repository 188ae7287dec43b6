import type { ScoredBatch } from '../evaluation/metrics.ts';
import type { Learner } from './learners.ts';
import { type Data, rowOf } from './matrix.ts';
import type { Sample } from './samples.ts';

/** Part of the weight of the training data that the abusive batches have together. */
export const TRAINED_RATE = 0.1;

/** Samples as data: families have the same weight, and in them stories; so have all honest batches. */
export function dataOf(samples: readonly Sample[]): Data {
  return {
    rows: samples.map(({ features }) => rowOf(features)),
    labels: samples.map(({ isAbusive }) => (isAbusive ? 1 : 0)),
    weights: trainingWeights(samples),
  };
}

/**
 * Scores each batch by a model that has seen neither its family nor its story: the folds are the families, each with a part
 * of the honest stories.
 * @returns in the order of the samples
 */
export function scoredAcross(samples: readonly Sample[], { learn }: Learner, change = (row: Float64Array) => row): ScoredBatch[] {
  const families = [...new Set(samples.flatMap(({ isAbusive, group }) => (isAbusive ? [group] : [])))];
  const foldOf = ({ isAbusive, group, episode }: Sample) => (isAbusive ? families.indexOf(group) : episode % families.length);
  const scores = new Float64Array(samples.length);
  families.forEach((_, fold) => {
    const data = dataOf(samples.filter((sample) => foldOf(sample) !== fold));
    const score = learn({ ...data, rows: data.rows.map(change) });
    samples.forEach((sample, index) => {
      if (foldOf(sample) === fold) scores[index] = score(change(rowOf(sample.features)));
    });
  });
  return samples.map((sample, index) => scoredBatch(sample, scores[index] ?? 0));
}

export function scoredBatch({ group, episode, isAbusive, batch }: Sample, score: number): ScoredBatch {
  return { score, group, episode, isAbusive, mails: batch.invitations.length };
}

export function trainingWeights(samples: readonly Sample[]): number[] {
  const inEpisode = new Map<number, number>();
  const episodes = new Map<string, Set<number>>();
  for (const { isAbusive, group, episode } of samples) {
    if (!isAbusive) continue;
    inEpisode.set(episode, (inEpisode.get(episode) ?? 0) + 1);
    episodes.set(group, (episodes.get(group) ?? new Set()).add(episode));
  }
  const honest = samples.filter(({ isAbusive }) => !isAbusive).length;
  return samples.map(({ isAbusive, group, episode }) => {
    if (!isAbusive) return (1 - TRAINED_RATE) / honest;
    const stories = episodes.get(group)?.size ?? 1;
    return TRAINED_RATE / episodes.size / stories / (inEpisode.get(episode) ?? 1);
  });
}
