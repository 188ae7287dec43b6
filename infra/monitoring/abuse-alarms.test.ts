import { beforeAll, describe, expect, it } from 'vitest';
import model from '../../server/src/risk/model/model.json' with { type: 'json' };
import { type Synthesized, synthesize } from '../testing/synthesized.ts';

let withMail: Synthesized;

beforeAll(() => {
  withMail = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
});

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

function alarmOf(name: string, { template } = withMail) {
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  return found.find(({ AlarmName }) => AlarmName === `private-lending-prod-${name}`);
}

function queriesOf(name: string): readonly MetricQuery[] {
  return alarmOf(name).Metrics;
}

/** Metrics as `name statistic seconds by dimension=value`, by their id. */
function metricsOf(name: string): Record<string, string> {
  const entries = queriesOf(name).flatMap(({ Id, MetricStat }) => {
    if (!MetricStat) return [];
    const { Metric, Period, Stat } = MetricStat;
    expect(Metric.Namespace).toBe('PrivateLending/Background');
    const by = (Metric.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`);
    return [[Id, `${Metric.MetricName} ${Stat} ${Period} by ${by.join()}`]];
  });
  return Object.fromEntries(entries);
}

/** What an alarm computes from values of its metrics, as CloudWatch does, with missing ones left out. */
function computed(name: string, values: Readonly<Record<string, number>>): number {
  const expression = queriesOf(name).find(({ Expression }) => Expression)?.Expression ?? '';
  const script = expression.replaceAll('IF(', 'choose(').replaceAll('FILL(', 'fill(');
  const ids = Object.keys(metricsOf(name));
  const compute = new Function('choose', 'fill', ...ids, `return ${script};`);
  const choose = (condition: boolean, one: number, other: number) => (condition ? one : other);
  const fill = (value: number | undefined, missing: number) => value ?? missing;
  return compute(choose, fill, ...ids.map((id) => values[id]));
}

describe('abuse alarms', () => {
  it('the hold-rate alarm is raised by more than 5 % of the scored batches of an hour, held or noted, of at least 20', () => {
    expect(alarmOf('hold-rate')).toMatchObject({ Threshold: 5, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    expect(metricsOf('hold-rate')).toEqual({
      part0: 'RiskBatches Sum 3600 by Outcome=held',
      part1: 'RiskBatches Sum 3600 by Outcome=noted',
      other0: 'RiskBatches Sum 3600 by Outcome=passed',
    });
    expect(computed('hold-rate', { part0: 1, part1: 1, other0: 18 })).toBe(10);
    expect(computed('hold-rate', { part1: 1, other0: 19 })).toBe(5);
    expect(computed('hold-rate', { part0: 9, part1: 10 })).toBe(0);
    expect(computed('hold-rate', {})).toBe(0);
  });

  it('the score-drift alarm is raised by a mean of at least 100 scores of a day above three times the base rate of the model', () => {
    expect(alarmOf('score-drift')).toMatchObject({ Threshold: 3 * model.baseRate, ComparisonOperator: 'GreaterThanThreshold' });
    expect(metricsOf('score-drift')).toEqual({
      scores: 'RiskScores SampleCount 86400 by ',
      mean: 'RiskScores Average 86400 by ',
    });
    expect(computed('score-drift', { scores: 100, mean: 0.04 })).toBe(0.04);
    expect(computed('score-drift', { scores: 99, mean: 0.04 })).toBe(0);
  });

  it('the scoring-failed alarm is raised by the first batch that could not be scored', () => {
    expect(alarmOf('scoring-failed')).toMatchObject({
      Namespace: 'PrivateLending/Background',
      MetricName: 'RiskBatches',
      Dimensions: [{ Name: 'Outcome', Value: 'failed' }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it.each([
    ['opt-out-rate', 'opted-out', 2],
    ['bounce-rate', 'bounced', 5],
  ])('the %s alarm is raised by %s above %d %% of at least 100 mails about invitations in a day', (name, answer, percent) => {
    expect(alarmOf(name)).toMatchObject({ Threshold: percent, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    expect(metricsOf(name)).toEqual({
      part0: `MailAnswers Sum 86400 by Answer=${answer}`,
      sent0: 'Mails Sum 86400 by Kind=invitation,Outcome=sent',
      sent1: 'Mails Sum 86400 by Kind=changed,Outcome=sent',
      sent2: 'Mails Sum 86400 by Kind=reminder,Outcome=sent',
    });
    expect(computed(name, { part0: 6, sent0: 80, sent1: 10, sent2: 10 })).toBe(6);
    expect(computed(name, { part0: 6, sent0: 99 })).toBe(0);
    expect(computed(name, { sent0: 1000 })).toBe(0);
  });

  it('the mails-held-back-by-all alarm is raised by the first mail that the limit of all holds back', () => {
    const { Metrics, ...rest } = alarmOf('mails-held-back-by-all');
    expect(rest).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' });
    expect(Metrics).toEqual([
      {
        Id: expect.any(String),
        Period: 300,
        ReturnData: true,
        Expression: `SELECT SUM("Mails") FROM SCHEMA("PrivateLending/Background", "Kind", "Outcome") WHERE "Outcome" = 'held-back-all'`,
      },
    ]);
  });

  it('are left out where no mail is sent', () => {
    const names = ['hold-rate', 'score-drift', 'scoring-failed', 'opt-out-rate', 'bounce-rate', 'mails-held-back-by-all'];
    expect(names.filter((name) => alarmOf(name, synthesize()))).toEqual([]);
  });
});
