import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseModel } from '../../server/src/risk/model/risk-model.ts';
import { parseTraining } from '../training/training-record.ts';
import { ablationTable, candidateTable, featureTable } from './tables.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const page = read('docs/risk.md');
const training = parseTraining(JSON.parse(read('risk/training.json')));
const model = parseModel(JSON.parse(read('server/src/risk/model/model.json')));

describe('docs/risk.md', () => {
  it('says first what synthetic attacks measure', () => {
    const [, first] = page.split('\n\n');
    expect(first).toBe('**Synthetic attacks measure coverage of described attacks, not the prevalence of fraud.**');
  });

  it('has the features as they are in the code', () => {
    expect(page, 'run npm run risk:train and npm run risk:evaluate').toContain(featureTable());
  });

  it('has the tables of the last training, and the version and threshold of the model', () => {
    expect(page).toContain(candidateTable(training));
    expect(page).toContain(ablationTable(training));
    expect(page).toContain(`| version | ${model.version} |`);
    expect(page).toContain(`a score of ${model.holdFrom} |`);
    expect(training.version).toBe(model.version);
  });
});
