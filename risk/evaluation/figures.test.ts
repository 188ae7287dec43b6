import { beforeAll, describe, expect, it } from 'vitest';
import { parseModel, type RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { trainingData } from '../data/datasets.ts';
import { fitAdditive, toJson } from '../training/additive-model.ts';
import { dataOf, scoredBatch } from '../training/cross-validation.ts';
import { type Sample, samplesOf } from '../training/samples.ts';
import { deliveredBy, NAIVE } from './adversary.ts';
import { BASELINES } from './baselines.ts';
import { calibrationOf, figuresOf, methodsOf } from './figures.ts';
import { weightsOf } from './metrics.ts';

/** Trained and evaluated on parts of the training data: a test must not look at what is held out. */
let samples: readonly Sample[];
let model: RiskModel;

beforeAll(() => {
  const { honest, abusive } = trainingData('figures', { honest: 50, abusive: 2 });
  samples = samplesOf([...honest, ...abusive]);
  const calibration = { slope: 1, offset: 0 };
  const fitted = toJson(fitAdditive(dataOf(samples), { l2: 0.01, prior: 0.5, stumps: 0 }));
  model = parseModel({ format: 1, version: 'test', ...fitted, calibration, baseRate: 0.01, holdFrom: 0.3 });
});

describe('figuresOf', () => {
  const thresholds = BASELINES.map(({ name }) => ({ name, threshold: 1 }));

  it('has the score and the three rules that it must beat', () => {
    expect(methodsOf(model, thresholds).map(({ name }) => name)).toEqual([
      'score',
      'volume cap alone',
      'disposable list alone',
      'pacing alone',
      'pacing, any delay',
    ]);
    expect(() => methodsOf(model, [])).toThrow('run npm run risk:train');
  });

  it('says of a rule that holds everything that it does', () => {
    const [, cap] = methodsOf(model, thresholds);
    if (!cap) throw new Error('no volume cap');
    const { falseHolds, recall, mailRecall } = figuresOf(cap, samples, [], 20);
    expect(falseHolds).toBe(1000);
    for (const figure of [recall.low, recall.value, recall.high, mailRecall]) expect(figure).toBeCloseTo(1, 9);
  });

  it('has a recall between its bounds, and the mean of the families', () => {
    const [score] = methodsOf(model, thresholds);
    if (!score) throw new Error('no score');
    const { recall, recallByFamily } = figuresOf(score, samples, samples, 20);
    const families = Object.values(recallByFamily);
    expect(families).toHaveLength(6);
    expect(recall.value).toBeCloseTo(families.reduce((sum, each) => sum + each, 0) / 6, 9);
    expect(recall.low).toBeLessThanOrEqual(recall.value);
    expect(recall.high).toBeGreaterThanOrEqual(recall.value);
  });
});

describe('calibrationOf', () => {
  it('sorts batches by score, at the base rate', () => {
    const scored = samples.map((sample) => scoredBatch(sample, sample.isAbusive ? 0.9 : 0.005));
    const bins = calibrationOf(scored, weightsOf(scored));
    expect(bins.map(({ from, observed }) => [from, observed])).toEqual([
      [0.001, 0],
      [0.8, 1],
    ]);
    expect(bins[1]?.part).toBeCloseTo(0.01, 9);
  });
});

describe('the adversary', () => {
  it('has all mail delivered where there is no defence, and less by pacing', () => {
    expect(deliveredBy(model, 'none', NAIVE)).toBe(200);
    expect(deliveredBy(model, 'pacing', NAIVE)).toBeLessThan(100);
  });

  it('has nothing delivered by a score that holds everything', () => {
    const strict = { ...model, holdFrom: Number.MIN_VALUE };
    expect(deliveredBy(strict, 'score', NAIVE)).toBe(0);
    expect(deliveredBy({ ...model, holdFrom: 1 }, 'score', NAIVE)).toBe(200);
  });
});
