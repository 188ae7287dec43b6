import { beforeAll, describe, expect, it } from 'vitest';
import { type Synthesized, synthesize } from '../testing/synthesized.ts';
import { watchedMetrics } from '../testing/watched-metrics.ts';

const LATENCY = { namespace: 'PrivateLending/API', name: 'APILatency', dimensions: ['Endpoint', 'Status'] };
const ERRORS = { namespace: 'PrivateLending/API', name: 'APIError', dimensions: ['Endpoint', 'ErrorType'] };
const LENDERS_ADDED = { namespace: 'PrivateLending/API', name: 'LendersAdded', dimensions: ['Endpoint'] };
const MAILS = { namespace: 'PrivateLending/Background', name: 'Mails', dimensions: ['Kind', 'Outcome'] };
const RISK_BATCHES = { namespace: 'PrivateLending/Background', name: 'RiskBatches', dimensions: ['Outcome'] };
const RISK_SCORES = { namespace: 'PrivateLending/Background', name: 'RiskScores', dimensions: [] };
const MAIL_ANSWERS = { namespace: 'PrivateLending/Background', name: 'MailAnswers', dimensions: ['Answer'] };
const DEAD_LETTERED = { namespace: 'PrivateLending/Background', name: 'EventsDeadLettered', dimensions: ['Handler'] };
const IMPORTS_FAILED = { namespace: 'PrivateLending/Background', name: 'ImportsFailed', dimensions: ['Code'] };

let prod: Synthesized;
let withMail: Synthesized;

beforeAll(() => {
  prod = synthesize();
  withMail = synthesize({ mailFrom: 'post@example.org', publicUrl: 'https://example.org', clientErrorAlarm: '7' });
});

function alarm(name: string, { template } = prod) {
  const found = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  return found.find(({ AlarmName }) => AlarmName === `private-lending-prod-${name}`);
}

describe('request alarms', () => {
  it.each([
    ['errors', 10, 300, `SELECT SUM("APIError") FROM SCHEMA("PrivateLending/API", "Endpoint", "ErrorType") WHERE `],
    ['latency', 1000, 300, 'SELECT AVG("APILatency") FROM SCHEMA("PrivateLending/API", "Endpoint", "Status")'],
    [
      'database-throttled',
      5,
      60,
      `SELECT SUM("APIError") FROM SCHEMA("PrivateLending/API", "Endpoint", "ErrorType") WHERE "ErrorType" = 'DatabaseThrottled'`,
    ],
  ])('the %s alarm is raised above %d in %d s, over all endpoints', (name, threshold, seconds, expression) => {
    const { Metrics, ...rest } = alarm(name);
    expect(rest).toMatchObject({ Threshold: threshold, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    expect(Metrics).toEqual([
      { Id: expect.any(String), Period: seconds, ReturnData: true, Expression: expect.stringContaining(expression) },
    ]);
  });

  it('the errors alarm counts all error types but those of clients', () => {
    const [{ Expression }] = alarm('errors').Metrics;
    const conditions = Expression.split(' WHERE ')[1].split(' AND ');
    const clientErrors = ['Conflict', 'Forbidden', 'NotFound', 'RateLimited', 'Unauthorized', 'ValidationError'];
    expect(conditions).toEqual(clientErrors.map((type) => `"ErrorType" != '${type}'`));
  });

  it.each([
    ['unauthorized', 'Unauthorized'],
    ['forbidden', 'Forbidden'],
    ['rate-limited', 'RateLimited'],
  ])('the %s alarm is raised by a surge of %s over all endpoints, above the setting', (name, type) => {
    const Expression = `SELECT SUM("APIError") FROM SCHEMA("PrivateLending/API", "Endpoint", "ErrorType") WHERE "ErrorType" = '${type}'`;
    for (const [threshold, stack] of [
      [100, prod],
      [7, withMail],
    ] as const) {
      const { Metrics, ...rest } = alarm(name, stack);
      expect(rest).toMatchObject({ Threshold: threshold, TreatMissingData: 'notBreaching', EvaluationPeriods: 1 });
      expect(Metrics).toEqual([{ Id: expect.any(String), Period: 300, ReturnData: true, Expression }]);
    }
  });

  it('the crashes alarm is raised by requests that publish no metric', () => {
    expect(alarm('crashes')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^Api/) } }],
      Statistic: 'Sum',
      Threshold: 0,
    });
  });
});

describe('stream alarms', () => {
  it.each([
    ['stream-failed', 'OnFailureDestinationDeliveredEventCount', 'EventSourceMappingUUID', 'StreamMapping', 'Sum', 0],
    ['stream-lost', 'DestinationDeliveryFailures', 'FunctionName', 'Stream', 'Sum', 0],
    ['stream-age', 'IteratorAge', 'FunctionName', 'Stream', 'Maximum', 900_000],
  ])('the %s alarm is raised by %s of %s %s', (name, metric, dimension, resource, statistic, threshold) => {
    expect(alarm(name)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: [{ Name: dimension, Value: { Ref: expect.stringMatching(`^${resource}[0-9A-F]{8}$`) } }],
      Statistic: statistic,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it('the event source mapping publishes the metric of stream-failed', () => {
    expect(prod.properties('AWS::Lambda::EventSourceMapping', 'StreamMapping').MetricsConfig).toEqual({ Metrics: ['EventCount'] });
  });
});

describe('import alarm', () => {
  it('the imports-failed alarm is raised by the first dead letter', () => {
    expect(alarm('imports-failed')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(/^FailedImports/), 'QueueName'] } }],
      Statistic: 'Maximum',
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });
});

describe('background alarms', () => {
  it.each([
    [
      'imports-ended-by-error',
      `SELECT SUM("ImportsFailed") FROM SCHEMA("PrivateLending/Background", "Code") WHERE "Code" = 'INTERNAL_ERROR'`,
    ],
    ['events-dead-lettered', `SELECT SUM("EventsDeadLettered") FROM SCHEMA("PrivateLending/Background", "Handler")`],
    ['mails-failed', `SELECT SUM("Mails") FROM SCHEMA("PrivateLending/Background", "Kind", "Outcome") WHERE "Outcome" = 'failed'`],
  ])('the %s alarm is raised by the first one, of any kind', (name, Expression) => {
    const { Metrics, ...rest } = alarm(name);
    expect(rest).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    expect(Metrics).toEqual([{ Id: expect.any(String), Period: 300, ReturnData: true, Expression }]);
  });

  it.each([
    ['clock-failed', 'Errors', 'GreaterThanThreshold', 0],
    ['clock-stopped', 'Invocations', 'LessThanThreshold', 1],
  ])('the %s alarm is raised by %s of the clock', (name, metric, comparison, threshold) => {
    expect(alarm(name)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^Clock[0-9A-F]{8}$/) } }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: threshold,
      ComparisonOperator: comparison,
    });
  });
});

describe('addAlarms', () => {
  it('notifies one topic of every alarm and recovery, and treats missing data as not breaching except for clock-stopped', () => {
    const all = Object.values(prod.template.findResources('AWS::CloudWatch::Alarm'));
    expect(all).toHaveLength(38);
    const topic = [{ Ref: expect.stringMatching(/^AlarmTopic/) }];
    for (const { Properties } of all) {
      const TreatMissingData = Properties.AlarmName.endsWith('-clock-stopped') ? 'breaching' : 'notBreaching';
      expect(Properties).toMatchObject({ AlarmActions: topic, OKActions: topic, TreatMissingData });
      expect(Properties.AlarmDescription).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('allows CloudWatch to publish to the topic', () => {
    prod.template.hasResourceProperties('AWS::SNS::Topic', { TopicName: 'private-lending-prod-alarms' });
    const { Statement } = prod.properties('AWS::SNS::TopicPolicy').PolicyDocument;
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  it('subscribes an e-mail address only when it is set', () => {
    prod.template.resourceCountIs('AWS::SNS::Subscription', 0);
    const { properties } = synthesize({ alarmEmail: 'ops@example.com' });
    expect(properties('AWS::SNS::Subscription')).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' });
  });
});

describe('alarms and dashboard', () => {
  function programMetrics(by: RegExp) {
    const watched = watchedMetrics(withMail.json);
    const distinct = new Map(
      watched.filter((metric) => by.test(metric.by)).map(({ by: _, ...metric }) => [JSON.stringify(metric), metric]),
    );
    return [...distinct.values()].filter(({ namespace }) => !namespace.startsWith('AWS/'));
  }

  it('alarms and dashboard use exactly the published sets of dimensions', () => {
    const ofAbuse = [RISK_BATCHES, RISK_SCORES, MAIL_ANSWERS];
    expect(programMetrics(/Alarm/)).toEqual(
      expect.arrayContaining([ERRORS, LATENCY, MAILS, DEAD_LETTERED, IMPORTS_FAILED, ...ofAbuse]),
    );
    expect(programMetrics(/Alarm/)).toHaveLength(8);
    expect(programMetrics(/^Dashboard/)).toEqual(
      expect.arrayContaining([ERRORS, LATENCY, LENDERS_ADDED, MAILS, DEAD_LETTERED, ...ofAbuse]),
    );
    expect(programMetrics(/^Dashboard/)).toHaveLength(8);
  });

  it('the dashboard shows requests, table, functions, stream and imports', () => {
    const shown = watchedMetrics(prod.json)
      .filter(({ by }) => by.startsWith('Dashboard'))
      .map(({ namespace, name }) => `${namespace} ${name}`);
    expect(shown).toEqual(
      expect.arrayContaining([
        ...['ConsumedWriteCapacityUnits', 'WriteThrottleEvents', 'SuccessfulRequestLatency'].map((name) => `AWS/DynamoDB ${name}`),
        ...['Errors', 'Throttles', 'Duration', 'ConcurrentExecutions', 'IteratorAge'].map((name) => `AWS/Lambda ${name}`),
        ...['OnFailureDestinationDeliveredEventCount', 'DestinationDeliveryFailures'].map((name) => `AWS/Lambda ${name}`),
        ...['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'].map((name) => `AWS/SQS ${name}`),
      ]),
    );
  });
});
