import { beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../testing/synthesized.ts';

let prod: Synthesized;
let withMail: Synthesized;

beforeAll(() => {
  prod = synthesize();
  withMail = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org' });
});

interface MetricQuery {
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: readonly { Name: string }[] };
    readonly Period: number;
    readonly Stat: string;
  };
}

function alarm(name: string, { template } = prod) {
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  return found.find(({ AlarmName }) => AlarmName === `private-lending-prod-${name}`);
}

/** The computation of an alarm, and its metrics, as `namespace name statistic seconds by dimensions`. */
function computation(name: string) {
  const queries: readonly MetricQuery[] = alarm(name).Metrics;
  const metrics = queries.flatMap(({ MetricStat }) => {
    if (!MetricStat) return [];
    const { Metric, Period, Stat } = MetricStat;
    const by = Metric.Dimensions.map(({ Name }) => Name);
    return [`${Metric.Namespace} ${Metric.MetricName} ${Stat} ${Period} by ${by.join()}`];
  });
  return { expression: queries.find(({ Expression }) => Expression)?.Expression, metrics };
}

describe('gateway alarms', () => {
  it.each([
    ['gateway-errors', '5xx', 'Sum', 10],
    ['gateway-slow', 'Latency', 'Average', 2000],
  ])('the %s alarm is raised by %s of the HTTP API', (name, metric, statistic, threshold) => {
    expect(alarm(name)).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: metric,
      Dimensions: [
        { Name: 'ApiId', Value: { Ref: expect.stringMatching(/^Gateway/) } },
        { Name: 'Stage', Value: '$default' },
      ],
      Statistic: statistic,
      Period: 300,
      Threshold: threshold,
      TreatMissingData: 'notBreaching',
    });
  });

  it('the gateway-rejected alarm is raised by a share of 4xx, its own 429 included, of no small number of requests', () => {
    expect(alarm('gateway-rejected')).toMatchObject({ Threshold: 30, ComparisonOperator: 'GreaterThanThreshold' });
    expect(computation('gateway-rejected')).toEqual({
      expression: 'IF(FILL(total0, 0) >= 300, 100 * FILL(part, 0) / (FILL(total0, 0)), 0)',
      metrics: ['AWS/ApiGateway 4xx Sum 300 by ApiId,Stage', 'AWS/ApiGateway Count Sum 300 by ApiId,Stage'],
    });
  });

  it('the feed-rejected alarm is raised by a share of messages and connections that the gateway rejected', () => {
    expect(computation('feed-rejected')).toEqual({
      expression: expect.stringMatching(/^IF\(FILL\(total0, 0\) \+ FILL\(total1, 0\) >= 300, 100 \* FILL\(part, 0\) \/ /),
      metrics: ['ClientError', 'MessageCount', 'ConnectCount'].map((name) => `AWS/ApiGateway ${name} Sum 300 by ApiId,Stage`),
    });
  });

  it('the feed-errors alarm is raised by messages that could not be handled', () => {
    expect(alarm('feed-errors')).toMatchObject({ Threshold: 10, ComparisonOperator: 'GreaterThanThreshold' });
    expect(computation('feed-errors').metrics).toEqual(
      ['IntegrationError', 'ExecutionError'].map((name) => `AWS/ApiGateway ${name} Sum 300 by ApiId,Stage`),
    );
  });
});

describe('table alarms', () => {
  const INDEX = 'GlobalSecondaryIndexName,TableName';

  it('the table-throttled alarm adds up reads and writes of table and index', () => {
    expect(alarm('table-throttled')).toMatchObject({ Threshold: 100, TreatMissingData: 'notBreaching' });
    const names = ['ReadThrottleEvents', 'WriteThrottleEvents'];
    expect(computation('table-throttled')).toEqual({
      expression: 'FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0) + FILL(m3, 0)',
      metrics: names.flatMap((name) => ['TableName', INDEX].map((by) => `AWS/DynamoDB ${name} Sum 300 by ${by}`)),
    });
  });

  it('the table-errors alarm adds up the system errors of all operations', () => {
    expect(computation('table-errors').metrics).toEqual(Array(5).fill('AWS/DynamoDB SystemErrors Sum 300 by Operation,TableName'));
  });

  it.each([
    ['table-reads-near-limit', 'ConsumedReadCapacityUnits'],
    ['table-writes-near-limit', 'ConsumedWriteCapacityUnits'],
  ])('the %s alarm is raised at 80 %% of the quota of 40,000 units a second', (name, metric) => {
    expect(alarm(name).Threshold).toBe(0.8 * 40_000 * 60);
    expect(computation(name).metrics).toEqual(['TableName', INDEX].map((by) => `AWS/DynamoDB ${metric} Sum 60 by ${by}`));
  });
});

describe('reputation alarms', () => {
  it.each([
    ['mail-bounces', 'Reputation.BounceRate', 0.05],
    ['mail-complaints', 'Reputation.ComplaintRate', 0.001],
  ])('the %s alarm is raised by %s of the account before SES reviews it', (name, metric, reviewedAt) => {
    const { Threshold, Dimensions, ...rest } = alarm(name, withMail);
    expect(rest).toMatchObject({
      Namespace: 'AWS/SES',
      MetricName: metric,
      Statistic: 'Average',
      Period: 3600,
      ComparisonOperator: 'GreaterThanThreshold',
      // The rates are only published when they change.
      TreatMissingData: 'ignore',
    });
    expect(Dimensions).toBeUndefined();
    expect(Threshold).toBeLessThan(reviewedAt);
    expect(Threshold).toBeGreaterThan(reviewedAt / 2);
  });

  it('are left out without SES', () => {
    expect([alarm('mail-bounces'), alarm('mail-complaints')]).toEqual([undefined, undefined]);
  });
});
