import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import model from '../risk/model/model.json' with { type: 'json' };
import { readBackgroundConfig, readConfig } from './config.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'model.json');
  writeFileSync(path, text);
  return path;
}

describe('riskConfig', () => {
  it('scores without holding mail back, with the model of the program, unless the operator chooses otherwise', () => {
    const standard = { mode: 'shadow', threshold: undefined, modelFile: undefined, onFailure: 'send' };
    expect(readConfig({}).risk).toEqual(standard);
    expect(readBackgroundConfig({ STORE: 'dynamodb:lending' }).risk).toEqual(standard);
  });

  it('reads all settings', () => {
    const path = fileWith(JSON.stringify({ ...model, version: 'mine' }));
    const environment = { RISK: 'enforce', RISK_THRESHOLD: '0.25', RISK_MODEL: path, RISK_ON_FAILURE: 'hold' };
    expect(readConfig({ ...environment, OPERATORS: 'olga@example.com' }).risk).toMatchObject({
      mode: 'enforce',
      threshold: 0.25,
      modelFile: { path, model: { version: 'mine' } },
      onFailure: 'hold',
    });
  });

  it.each([
    ['RISK', 'on', 'must be off, shadow or enforce'],
    ['RISK_THRESHOLD', '0.0', 'must be a number above 0 and at most 1'],
    ['RISK_THRESHOLD', '1.5', 'must be a number above 0 and at most 1'],
    ['RISK_THRESHOLD', '20 %', 'must be a number above 0 and at most 1'],
    ['RISK_ON_FAILURE', 'drop', 'must be send or hold'],
    ['RISK_MODEL', '/no/such/model.json', 'must be the path of a risk model: ENOENT'],
  ])('rejects %s=%s', (name, text, rule) => {
    expect(() => readConfig({ [name]: text })).toThrow(`${name} ${rule}`);
  });

  it('refuses a model that is none, and says what is wrong with it', () => {
    const path = fileWith(JSON.stringify({ ...model, intercept: 'high' }));
    expect(() => readConfig({ RISK_MODEL: path })).toThrow(/RISK_MODEL must be the path of a risk model: .*intercept/s);
    expect(() => readConfig({ RISK_MODEL: fileWith('{') })).toThrow('RISK_MODEL must be the path of a risk model');
  });
});
