import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config/config.ts';
import { parseLoanId } from '../domain/ids.ts';
import { FEATURE_NAMES } from '../risk/features/feature-table.ts';
import model from '../risk/model/model.json' with { type: 'json' };
import { eventBatchKey } from '../storage/keys.ts';
import { makeLog } from '../telemetry/log.ts';
import { PrometheusMetrics } from '../telemetry/prometheus.ts';
import { found } from '../testing/app/domain-fixtures.ts';
import { openTestApp } from '../testing/app/test-app.ts';
import { openRisk } from './risk.ts';

async function openFixture(environment: Readonly<Record<string, string>>) {
  const testApp = await openTestApp();
  onTestFinished(() => testApp.close());
  const lines: string[] = [];
  const metrics = new PrometheusMetrics();
  const log = makeLog({ write: (line) => void lines.push(line) });
  const [handler] = openRisk(readConfig(environment).risk, testApp.app, log, metrics);
  const borrower = await testApp.as('bo@example.com', { name: 'Bo Borrower' });
  return {
    testApp,
    handler,
    metrics,
    logged: () => lines.map((line) => JSON.parse(line)),
    /** Has a new loan's invitation handled. */
    async invite(email: string): Promise<void> {
      const loan = await borrower.postsLoan({ lenders: [{ email, contribution_amount: 50, name: 'Ana Silva' }] });
      const [batch] = await testApp.store.get([eventBatchKey(found(parseLoanId(loan), loan), 1)]);
      await handler?.handle(found(batch, loan).data, new AbortController().signal, false);
    },
  };
}

describe('openRisk', () => {
  it('logs a line for each batch, with what it was judged by and no address or name, and counts it', async () => {
    const { invite, logged, metrics } = await openFixture({ RISK_THRESHOLD: '0.9' });
    await invite('ana@example.com');
    const [line, ...others] = logged();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ msg: 'invitations scored', mode: 'shadow', outcome: 'passed', version: 1, invitations: 1 });
    expect(line).toMatchObject({ threshold: 0.9, model_version: model.version, reasons: expect.any(Array) });
    expect(line.score).toBeGreaterThan(0);
    expect(Object.keys(line.features)).toEqual(expect.arrayContaining([...FEATURE_NAMES]));
    expect(JSON.stringify(line)).not.toMatch(/@|Silva|Borrower/);
    const text = await metrics.page.text();
    expect(text).toContain('risk_batches_total{outcome="passed"} 1');
    expect(text).toContain('risk_scores_count 1');
  });

  it('has no handler where scores are off', async () => {
    expect((await openFixture({ RISK: 'off' })).handler).toBeUndefined();
  });

  it('takes a new model while it runs, and warns of a broken one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'model.json');
    writeFileSync(path, JSON.stringify(model));
    const { invite, logged, testApp } = await openFixture({ RISK_MODEL: path });
    const versions = () => logged().flatMap(({ model_version }) => model_version ?? []);
    await invite('ana@example.com');
    writeFileSync(path, JSON.stringify({ ...model, version: 'next' }));
    testApp.advance(10_000);
    await invite('ben@example.com');
    writeFileSync(path, '{}');
    testApp.advance(10_000);
    await invite('kim@example.com');
    expect(versions()).toEqual([model.version, 'next', 'next']);
    expect(logged().filter(({ level }) => level === 40)).toHaveLength(1);
  });
});
