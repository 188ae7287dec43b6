import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fillSections } from '../bench/report/markdown-sections.ts';
import { parseModel } from '../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../server/src/risk/model/score-of.ts';
import { heldOutData, shiftedHonest } from './data/datasets.ts';
import { bestTactics, type Defence, deliveredBy, NAIVE } from './evaluation/adversary.ts';
import { calibrationOf, figuresOf, methodsOf } from './evaluation/figures.ts';
import { latencyOf } from './evaluation/latency.ts';
import { weightsOf } from './evaluation/metrics.ts';
import { chartsOf } from './report/charts.ts';
import { sectionsOf } from './report/sections.ts';
import { scoredBatch } from './training/cross-validation.ts';
import { samplesOf } from './training/samples.ts';
import { parseTraining } from './training/training-record.ts';

/*
 * `npm run risk:evaluate`: evaluates server/src/risk/model/model.json on families and honest borrowers that the training has not
 * seen, and writes the tables of docs/risk.md and its charts. The same at every run.
 * `npm run risk:evaluate -- real-lists`: scores the recipients of real mail as well, and keeps the figures in risk/real-lists.json.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SIZE = { honest: 3000, abusive: 100 };
const SHIFTED = 1500;
const DEFENCES: readonly Defence[] = ['none', 'pacing', 'score', 'pacing and score'];

const log = (line: string) => void process.stderr.write(`${line}\n`);
const readJson = (file: string): unknown => JSON.parse(readFileSync(`${ROOT}${file}`, 'utf8'));

const model = parseModel(readJson('server/src/risk/model/model.json'));
const training = parseTraining(readJson('risk/training.json'));
if (process.argv[2] === 'real-lists') {
  const { scoreRealLists } = await import('./real-lists/real-lists.ts');
  writeFileSync(`${ROOT}risk/real-lists.json`, `${JSON.stringify(scoreRealLists(model), null, 2)}\n`);
  log('wrote risk/real-lists.json');
}

const { honest, abusive } = heldOutData(training.seed, SIZE);
// The honest batches of an account before it is taken over are neither an honest borrower's nor an attack.
const samples = samplesOf([...honest, ...abusive]).filter(({ isAbusive, episode }) => isAbusive || episode < honest.length);
const shifted = samplesOf(shiftedHonest(training.seed, SHIFTED));
const { p50, p99 } = latencyOf(model, samples);
log(`Features and score of 100 invitations: ${p50.toFixed(2)} ms, 99 % within ${p99.toFixed(2)} ms`);
log(`${samples.length} batches, and ${shifted.length} of the shifted population`);

const methods = methodsOf(model, training.baselines).map((method) => {
  log(`figures of: ${method.name}`);
  return figuresOf(method, samples, shifted);
});
const scored = samples.map((sample) => scoredBatch(sample, scoreOf(model, sample.features).score));
const calibration = calibrationOf(scored, weightsOf(scored));
const defences = DEFENCES.map((defence) => {
  log(`adversary against: ${defence}`);
  return {
    defence,
    naive: deliveredBy(model, defence, NAIVE),
    adapted: bestTactics(model, defence, false),
    withMailboxes: bestTactics(model, defence, true),
  };
});

const sections = sectionsOf({
  model,
  training,
  methods,
  calibration,
  defences,
  realLists: readJson('risk/real-lists.json'),
  samples,
  shifted,
});
const page = `${ROOT}docs/risk.md`;
writeFileSync(page, fillSections(readFileSync(page, 'utf8'), sections));
for (const [name, svg] of Object.entries(chartsOf(methods, calibration))) writeFileSync(`${ROOT}docs/img/${name}`, svg);
log('updated docs/risk.md');
