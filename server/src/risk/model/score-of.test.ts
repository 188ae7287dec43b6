import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES, FEATURES, type FeatureName } from '../features/feature-table.ts';
import { parseModel } from './risk-model.ts';
import { scoreOf } from './score-of.ts';

function valuesOf<T>(value: (name: FeatureName) => T): Record<FeatureName, T> {
  return Object.fromEntries(FEATURE_NAMES.map((name) => [name, value(name)])) as Record<FeatureName, T>;
}

const JSON_MODEL = {
  format: 1,
  version: 'test-1',
  intercept: -2,
  weights: valuesOf((name) => ({ mean: 0.5, scale: 0.5, weight: FEATURES[name].effect === 'raises' ? 1 : -1 })),
  steps: [
    { feature: 'digits', limit: 2, below: 0, above: 3 },
    { feature: 'digits', limit: 4, below: 0, above: 5 },
    { feature: 'accountAge', limit: 0.2, below: 1, above: 0 },
  ],
  calibration: { slope: 2, offset: 1 },
  baseRate: 0.01,
  holdFrom: 0.5,
};

describe('scoreOf', () => {
  const model = parseModel(JSON_MODEL);

  it('is the calibrated probability of the sum', () => {
    const { score, reasons, modelVersion } = scoreOf(
      model,
      valuesOf(() => 0.5),
    );
    expect(score).toBeCloseTo(1 / (1 + Math.exp(3)), 12); // 2 · -2 + 1
    expect(reasons).toEqual([]);
    expect(modelVersion).toBe('test-1');
  });

  it('names the largest contributions in plain words, and none that lower the score', () => {
    const features = { ...valuesOf(() => 0.5), gibberish: 1, sorted: 2, accountAge: 0, roles: 0 };
    expect(scoreOf(model, features).reasons).toEqual([
      { feature: 'sorted', label: 'addresses in alphabetical order', contribution: 6 },
      { feature: 'accountAge', label: 'new account', contribution: 4 }, // 2 · (1 by its weight + 1 by its step)
      { feature: 'gibberish', label: 'random characters in addresses', contribution: 2 },
    ]);
  });

  it('adds the steps of a feature that it has reached', () => {
    const features = { ...valuesOf(() => 0.5), digits: 2.5 };
    expect(scoreOf(model, features).reasons).toEqual([{ feature: 'digits', label: 'many digits in addresses', contribution: 14 }]); // 2 · (4 + 3)
  });

  it('names five reasons at most', () => {
    expect(
      scoreOf(
        model,
        valuesOf(() => 3),
      ).reasons,
    ).toHaveLength(5);
  });
});

describe('parseModel', () => {
  const { gibberish, ...others } = JSON_MODEL.weights;

  it.each([
    ['another format', { ...JSON_MODEL, format: 2 }, 'format'],
    ['a missing feature', { ...JSON_MODEL, weights: others }, 'gibberish'],
    ['an unknown feature', { ...JSON_MODEL, weights: { ...JSON_MODEL.weights, shoeSize: gibberish } }, 'shoeSize'],
    [
      'a weight of the wrong sign',
      { ...JSON_MODEL, weights: { ...others, gibberish: { ...gibberish, weight: -1 } } },
      'raises the score',
    ],
    ['a number that is none', { ...JSON_MODEL, intercept: Number.NaN }, 'intercept'],
    ['no scale', { ...JSON_MODEL, weights: { ...others, gibberish: { ...gibberish, scale: 0 } } }, 'scale'],
    ['a text', 'model', 'expected object'],
  ])('rejects %s, and says so', (_, json, message) => {
    expect(() => parseModel(json)).toThrow(message);
  });
});
