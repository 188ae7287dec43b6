import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Deployment } from '../deployment.ts';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';
import { DEAD_LETTERED, ERRORS, FAILED, LATENCY, MAILS, metricsQuery, OURS, THROTTLED } from './metrics.ts';

export interface Alarms {
  readonly topic: Topic;
  readonly all: readonly Alarm[];
}

interface Watched {
  readonly api: LambdaFunction;
  readonly stream: Stream;
  readonly imports: Imports;
  readonly clock: LambdaFunction;
}

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly tells: string;
  readonly metric: IMetric;
  /** More than this, once, raises the alarm. */
  readonly above?: number;
  /** Less than this, or no data at all, raises it: for what must never stop. */
  readonly below?: number;
}

/** What must wake somebody up. */
export function addAlarms(stack: Stack, { name, settings }: Deployment, watched: Watched): Alarms {
  const topic = addTopic(stack, name);
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  const notify = new SnsAction(topic);
  const rules = [
    ...rulesOfRequests(watched.api),
    ...rulesOfStream(watched.stream),
    ...rulesOfImports(watched.imports),
    ...rulesOfBackground(watched.clock),
  ];
  const all = rules.map((rule) => {
    const alarm = new Alarm(stack, rule.id, {
      alarmName: `${name}-${rule.name}`,
      alarmDescription: rule.tells,
      metric: rule.metric,
      evaluationPeriods: 1,
      ...raisedBy(rule),
    });
    alarm.addAlarmAction(notify);
    alarm.addOkAction(notify);
    return alarm;
  });
  return { topic, all };
}

function raisedBy({ above = 0, below }: Rule) {
  if (below === undefined) {
    const { GREATER_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
    return { threshold: above, comparisonOperator, treatMissingData: TreatMissingData.NOT_BREACHING };
  }
  const { LESS_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
  return { threshold: below, comparisonOperator, treatMissingData: TreatMissingData.BREACHING };
}

function rulesOfRequests(api: LambdaFunction): Rule[] {
  return [
    {
      id: 'ErrorsAlarm',
      name: 'errors',
      tells: 'More than 10 requests in 5 minutes failed for a reason of ours. See errors by type on the dashboard.',
      metric: query(metricsQuery('SUM', ERRORS, { where: OURS }), Duration.minutes(5)),
      above: 10,
    },
    {
      id: 'LatencyAlarm',
      name: 'latency',
      tells: 'Requests took more than a second on average over 5 minutes. See latency by endpoint on the dashboard.',
      metric: query(metricsQuery('AVG', LATENCY), Duration.minutes(5)),
      above: 1000,
    },
    {
      id: 'ThrottledAlarm',
      name: 'database-throttled',
      tells:
        'DynamoDB refused more than 5 requests in a minute for their rate. It grows by itself within minutes; see its consumption.',
      metric: query(metricsQuery('SUM', ERRORS, { where: THROTTLED }), Duration.minutes(1)),
      above: 5,
    },
    {
      id: 'CrashesAlarm',
      name: 'crashes',
      tells:
        'The function ended or ran out of time before it could answer: such requests print no metric of their own. See its log.',
      metric: api.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      above: 0,
    },
  ];
}

function rulesOfStream({ handler, mapping }: Stream): Rule[] {
  const period = Duration.minutes(5);
  return [
    {
      id: 'FailedBatchesAlarm',
      name: 'stream-failed',
      tells:
        'Records of the stream could not be handled and were put aside in the bucket of failed batches. The clock delivers what they told of.',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'OnFailureDestinationDeliveredEventCount',
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        statistic: 'Sum',
        period,
      }),
      above: 0,
    },
    {
      id: 'LostBatchesAlarm',
      name: 'stream-lost',
      tells: 'Records of the stream could neither be handled nor put aside. The clock delivers what they told of.',
      metric: handler.metric('DestinationDeliveryFailures', { period, statistic: 'Sum' }),
      above: 0,
    },
    {
      id: 'StreamAgeAlarm',
      name: 'stream-age',
      tells: 'The stream is read more than 15 minutes late. Mail and audit lines wait for the clock meanwhile.',
      metric: handler.metric('IteratorAge', { period, statistic: 'Maximum' }),
      above: Duration.minutes(15).toMilliseconds(),
    },
  ];
}

function rulesOfImports({ failed }: Imports): Rule[] {
  return [
    {
      id: 'FailedImportsAlarm',
      name: 'imports-failed',
      tells:
        'Imports could not go on, however often they were tried; the clock has them tried again each minute. See the log of their function, then empty the queue.',
      metric: failed.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      above: 0,
    },
  ];
}

function rulesOfBackground(clock: LambdaFunction): Rule[] {
  const period = Duration.minutes(5);
  return [
    {
      id: 'SetAsideAlarm',
      name: 'events-dead-lettered',
      tells: 'A change was set aside that something failed on eight times; the rest went on. The log tells which, and why.',
      metric: query(metricsQuery('SUM', DEAD_LETTERED), period),
      above: 0,
    },
    {
      id: 'MailsAlarm',
      name: 'mails-failed',
      tells: 'Mails were given up: refused for good, or not taken however often they were tried. The log tells why.',
      metric: query(metricsQuery('SUM', MAILS, { where: FAILED }), period),
      above: 0,
    },
    {
      id: 'ClockFailedAlarm',
      name: 'clock-failed',
      tells: 'A tick of the clock failed or ran out of time. The next one does it again; see its log where this lasts.',
      metric: clock.metricErrors({ period, statistic: 'Sum' }),
      above: 0,
    },
    {
      id: 'ClockStoppedAlarm',
      name: 'clock-stopped',
      tells: 'The clock has not run for 5 minutes: amounts of expired invitations are not freed by themselves. See its rule.',
      metric: clock.metricInvocations({ period, statistic: 'Sum' }),
      below: 1,
    },
  ];
}

function query(expression: string, period: Duration): MathExpression {
  return new MathExpression({ expression, period, usingMetrics: {} });
}

/** Its policy replaces the one that topics have at first, so it must let CloudWatch in. */
function addTopic(stack: Stack, name: string): Topic {
  const topic = new Topic(stack, 'AlarmTopic', { topicName: `${name}-alarms`, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  return topic;
}
