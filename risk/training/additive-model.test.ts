import { beforeAll, describe, expect, it } from 'vitest';
import { parseModel } from '../../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../../server/src/risk/model/score-of.ts';
import { trainingData } from '../data/datasets.ts';
import { averagePrecision } from '../evaluation/metrics.ts';
import { type AdditiveModel, additiveLogOdds, fitAdditive, rounded, toJson } from './additive-model.ts';
import { dataOf, scoredAcross } from './cross-validation.ts';
import { regression } from './learners.ts';
import { rowOf, sigmoid } from './matrix.ts';
import { type Sample, samplesOf } from './samples.ts';

describe('a model of a small part of the data', () => {
  let samples: readonly Sample[];
  let model: AdditiveModel;

  beforeAll(() => {
    const { honest, abusive } = trainingData('slice', { honest: 45, abusive: 2 });
    samples = samplesOf([...honest, ...abusive]);
    model = fitAdditive(dataOf(samples), { l2: 0.01, prior: 0.5, stumps: 5 });
  });

  it('is served as it was trained', () => {
    const served = parseModel({
      format: 1,
      version: 'slice',
      ...toJson(model),
      calibration: { slope: 0.7, offset: -1 },
      baseRate: 0.01,
      holdFrom: 0.5,
    });
    for (const { features } of samples)
      expect(scoreOf(served, features).score).toBeCloseTo(sigmoid(0.7 * additiveLogOdds(model, rowOf(features)) - 1), 4);
  });

  it('is the same to the digit at every run and on every machine', () => {
    const { intercept, weights } = toJson(model);
    const scored = scoredAcross(samples, regression(0.01, 0.5));
    const area = rounded(averagePrecision(scored, 0.01));
    const { dayVolume, bounceRate, sameMailbox } = weights;
    expect({ count: samples.length, intercept, dayVolume, bounceRate, sameMailbox, area }).toMatchInlineSnapshot(`
      {
        "area": 0.686638,
        "bounceRate": {
          "mean": 0.0193934,
          "scale": 0.0450336,
          "weight": 0.789484,
        },
        "count": 202,
        "dayVolume": {
          "mean": 3.28709,
          "scale": 1.28454,
          "weight": 0.53285,
        },
        "intercept": -7.96584,
        "sameMailbox": {
          "mean": 0.00182116,
          "scale": 0.0951345,
          "weight": 0.918961,
        },
      }
    `);
  });

  it('gives a typical honest batch nothing from its steps', () => {
    const typical = Float64Array.from(model.scaling.means);
    expect(model.steps.length).toBeGreaterThan(0);
    expect(additiveLogOdds(model, typical)).toBeCloseTo(model.intercept, 12);
  });
});
