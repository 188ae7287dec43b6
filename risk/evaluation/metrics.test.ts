import { describe, expect, it } from 'vitest';
import { Random } from '../data/random.ts';
import {
  atBudget,
  averagePrecision,
  bootstrap,
  falseHolds,
  mailRecallOf,
  recallOf,
  resampledPrecision,
  type ScoredBatch,
  thresholdFor,
} from './metrics.ts';

const honest = (score: number, episode = 0): ScoredBatch => ({ score, group: 'friends', episode, isAbusive: false, mails: 1 });
const abusive = (score: number, group = 'spam', episode = 100, mails = 1): ScoredBatch => ({
  score,
  group,
  episode,
  isAbusive: true,
  mails,
});

describe('thresholdFor', () => {
  const batches = Array.from({ length: 1000 }, (_, index) => honest(index));

  it('holds as many honest batches as it may, and no more', () => {
    expect(thresholdFor(batches, 2)).toBe(998);
    expect(falseHolds(batches, thresholdFor(batches, 2))).toBe(2);
    expect(falseHolds(batches, thresholdFor(batches, 0))).toBe(0);
  });

  it('holds none of equal scores that are too many together', () => {
    const tied = batches.map((batch) => ({ ...batch, score: Math.min(batch.score, 990) }));
    expect(falseHolds(tied, thresholdFor(tied, 2))).toBe(0);
  });
});

describe('recallOf', () => {
  it('gives families, and in them stories, the same part', () => {
    const batches = [abusive(1, 'a', 1), abusive(1, 'a', 1), abusive(1, 'a', 1), abusive(0, 'a', 2), abusive(0, 'b', 3)];
    expect(recallOf(batches, 1)).toBeCloseTo(0.25, 12); // half of a, none of b
  });

  it('counts mails where asked', () => {
    expect(mailRecallOf([abusive(1, 'a', 1, 30), abusive(0, 'a', 1, 10)], 1)).toBeCloseTo(0.75, 12);
  });
});

describe('averagePrecision', () => {
  it('is 1 where all abusive batches score highest', () => {
    expect(averagePrecision([honest(1), honest(2), abusive(3)], 0.01)).toBeCloseTo(1, 12);
  });

  it('is the base rate where scores say nothing', () => {
    expect(averagePrecision([honest(1), honest(1), abusive(1), abusive(1)], 0.01)).toBeCloseTo(0.01, 12);
  });

  it('adds up precision for each step of recall, by hand', () => {
    // Half of the abusive before any honest one; the rest after half of the honest ones, at a base rate of one half.
    expect(averagePrecision([abusive(4), honest(3), abusive(2), honest(1)], 0.5)).toBeCloseTo(0.5 * 1 + 0.5 * (0.5 / 0.75), 12);
  });
});

describe('atBudget', () => {
  const batches = [abusive(4), honest(3), abusive(2), honest(1)];

  it('reviews the highest scores until the budget is used up', () => {
    expect(atBudget(batches, 0.5, 0.25)).toEqual({ precision: 1, recall: 0.5 });
    expect(atBudget(batches, 0.5, 0.5)).toEqual({ precision: 0.5, recall: 0.5 });
  });

  it('takes a part of equal scores', () => {
    expect(atBudget([abusive(1), honest(1)], 0.5, 0.5)).toEqual({ precision: 0.5, recall: 0.5 });
  });
});

describe('bootstrap', () => {
  it('draws whole stories, and surrounds the figure', () => {
    const random = new Random('bootstrap');
    const batches = random.times(300, (index) =>
      index % 3 ? honest(random.normal(), index) : abusive(random.normal() + 1.5, 'a', index),
    );
    const { low, value, high } = bootstrap(batches, random, 200, resampledPrecision(batches, 0.1));
    expect(value).toBeCloseTo(averagePrecision(batches, 0.1), 12);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });
});
