import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import model from '../risk/model/model.json' with { type: 'json' };
import type { MailCount, RiskCount } from './metrics.ts';
import { PrometheusMetrics } from './prometheus.ts';

const RULES = readFileSync(path.join(import.meta.dirname, '../../../docs/alerts.yml'), 'utf8');

const OUTCOMES: readonly RiskCount['outcome'][] = ['failed', 'held', 'noted', 'passed'];
const MAILS: readonly MailCount[] = [
  ...(['invitation', 'changed', 'reminder'] as const).map((kind) => ({ kind, outcome: 'sent' }) as const),
  { kind: 'invitation', outcome: 'held-back-all' },
];

let page: string;

beforeAll(async () => {
  const metrics = new PrometheusMetrics();
  for (const outcome of OUTCOMES) metrics.batchScored({ outcome, score: 0.5 });
  for (const answer of ['opted-out', 'bounced'] as const) metrics.mailAnswered(answer);
  for (const mail of MAILS) metrics.mailAttempted(mail);
  page = await metrics.page.text();
});

/** Each series that the rules ask for, with one of its values for each label. */
function seriesIn(rules: string) {
  const expressions = [...rules.matchAll(/\bexpr: (.*?)\n {8}annotations:/gs)].map(([, text = '']) => text);
  const found = expressions.flatMap((text) => [...text.matchAll(/increase\((\w+)(?:\{([^}]*)\})?\[\d+[mhd]\]\)/g)]);
  return found.map(([, name = '', labels = '']) => ({
    name,
    labels: [...labels.matchAll(/(\w+)=~?"([^"]+)"/g)].map(([, label = '', values = '']) => ({ label, values: values.split('|') })),
  }));
}

describe('the alert rules of docs/alerts.yml', () => {
  it('ask only for metrics, labels and values that the page has', () => {
    const series = seriesIn(RULES);
    expect(new Set(series.map(({ name }) => name))).toEqual(
      new Set(['risk_batches_total', 'risk_scores_sum', 'risk_scores_count', 'mail_answers_total', 'mails_total']),
    );
    for (const { name, labels } of series) {
      expect(page).toMatch(new RegExp(`^${name}[{ ]`, 'm'));
      for (const { label, values } of labels)
        for (const value of values) expect(page).toMatch(new RegExp(`^${name}\\{[^}]*\\b${label}="${value}"`, 'm'));
    }
  });

  it('count in each rule', () => {
    const rules = RULES.split('- alert: ').slice(1);
    expect(rules).toHaveLength(6);
    for (const rule of rules) expect([rule.split('\n')[0], seriesIn(rule).length > 0]).toEqual([rule.split('\n')[0], true]);
  });

  it('expect of scores what the model does', () => {
    expect(RULES).toContain(`sum(increase(risk_scores_count[1d])) > ${3 * model.baseRate}\n`);
  });
});
