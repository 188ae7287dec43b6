import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Deployment } from './deployment.ts';
import { ask, ERRORS, LATENCY, OURS, THROTTLED } from './published.ts';
import type { Stream } from './stream.ts';

export interface Alarms {
  readonly topic: Topic;
  readonly all: readonly Alarm[];
}

interface Watched {
  readonly api: LambdaFunction;
  readonly stream: Stream;
}

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly tells: string;
  readonly metric: IMetric;
  /** More than this, once, raises the alarm. */
  readonly above: number;
}

/** What must wake somebody up. */
export function addAlarms(stack: Stack, { name, settings }: Deployment, watched: Watched): Alarms {
  const topic = addTopic(stack, name);
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  const notify = new SnsAction(topic);
  const all = [...rulesOfRequests(watched.api), ...rulesOfStream(watched.stream)].map((rule) => {
    const alarm = new Alarm(stack, rule.id, {
      alarmName: `${name}-${rule.name}`,
      alarmDescription: rule.tells,
      metric: rule.metric,
      threshold: rule.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(notify);
    alarm.addOkAction(notify);
    return alarm;
  });
  return { topic, all };
}

function rulesOfRequests(api: LambdaFunction): Rule[] {
  return [
    {
      id: 'ErrorsAlarm',
      name: 'errors',
      tells: 'More than 10 requests in 5 minutes failed for a reason of ours. See errors by type on the dashboard.',
      metric: query(ask('SUM', ERRORS, { where: OURS }), Duration.minutes(5)),
      above: 10,
    },
    {
      id: 'LatencyAlarm',
      name: 'latency',
      tells: 'Requests took more than a second on average over 5 minutes. See latency by endpoint on the dashboard.',
      metric: query(ask('AVG', LATENCY), Duration.minutes(5)),
      above: 1000,
    },
    {
      id: 'ThrottledAlarm',
      name: 'database-throttled',
      tells:
        'DynamoDB refused more than 5 requests in a minute for their rate. It grows by itself within minutes; see its consumption.',
      metric: query(ask('SUM', ERRORS, { where: THROTTLED }), Duration.minutes(1)),
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
      tells: 'Chapters could not be handled and were put aside, whole, in the bucket of failed batches.',
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
      tells: 'Chapters could neither be handled nor put aside. They stand in the table; the stream forgets them within a day.',
      metric: handler.metric('DestinationDeliveryFailures', { period, statistic: 'Sum' }),
      above: 0,
    },
    {
      id: 'StreamAgeAlarm',
      name: 'stream-age',
      tells: 'The stream is read more than 15 minutes late. It forgets what is older than a day.',
      metric: handler.metric('IteratorAge', { period, statistic: 'Maximum' }),
      above: Duration.minutes(15).toMilliseconds(),
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
