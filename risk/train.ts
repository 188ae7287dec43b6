import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseModel } from '../server/src/risk/model/risk-model.ts';
import { type DataSize, trainingData } from './data/datasets.ts';
import { BASELINES } from './evaluation/baselines.ts';
import { thresholdFor } from './evaluation/metrics.ts';
import { fitAdditive, rounded, toJson } from './training/additive-model.ts';
import { atBaseRate, calibrated, fitPlatt } from './training/calibration.ts';
import { ablationOf, BASE_RATE, chooseModel, FALSE_HOLDS_MAX } from './training/choose-model.ts';
import { dataOf, scoredBatch, TRAINED_RATE, trainingWeights } from './training/cross-validation.ts';
import { samplesOf } from './training/samples.ts';

/*
 * `npm run risk:train`: chooses a model across the training families, fits it on all of them, and writes
 * server/src/risk/model/model.json and risk/training.json, from which docs/risk.md is made. The same at every run.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Change it where features, data or candidates change: it names the model in each score. */
const VERSION = '2026-11-27';
const SEED = 'private lending 1';
const SIZE: DataSize = { honest: 3000, abusive: 120 };

const log = (line: string) => void process.stderr.write(`${line}\n`);

const { honest, abusive } = trainingData(SEED, SIZE);
const samples = samplesOf([...honest, ...abusive]);
log(`${samples.length} batches of ${honest.length} honest and ${abusive.length} abusive stories`);
const { options, name, scored, table } = chooseModel(samples, log);
log(`Kept: ${name}`);

const model = fitAdditive(dataOf(samples), options);
const weights = trainingWeights(samples);
const calibration = atBaseRate(
  fitPlatt(scored.map(({ score, isAbusive }, index) => ({ logOdds: score, isAbusive, weight: weights[index] ?? 0 }))),
  TRAINED_RATE,
  BASE_RATE,
);
const threshold = thresholdFor(scored, FALSE_HOLDS_MAX);
const json = {
  format: 1,
  version: VERSION,
  ...toJson(model),
  calibration: { slope: rounded(calibration.slope), offset: rounded(calibration.offset) },
  baseRate: BASE_RATE,
  holdFrom: rounded(calibrated(calibration, threshold)),
};
parseModel(json);
write('server/src/risk/model/model.json', json);
log('Without the features of one kind ...');
write('risk/training.json', {
  version: VERSION,
  seed: SEED,
  size: SIZE,
  batches: {
    honest: scored.filter(({ isAbusive }) => !isAbusive).length,
    abusive: scored.filter(({ isAbusive }) => isAbusive).length,
  },
  kept: name,
  table,
  ablation: ablationOf(samples, options),
  baselines: BASELINES.map((baseline) => {
    const figures = samples.map((sample) => scoredBatch(sample, baseline.figureOf(sample)));
    return { name: baseline.name, threshold: thresholdFor(figures, FALSE_HOLDS_MAX) };
  }),
});

function write(file: string, content: unknown): void {
  writeFileSync(`${ROOT}${file}`, `${JSON.stringify(content, null, 2)}\n`);
  log(`wrote ${file}`);
}
