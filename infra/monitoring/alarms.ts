import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Deployment } from '../deployment.ts';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';
import { DEAD_LETTERED, ERRORS, FAILED, LATENCY, MAILS, metricsQuery, SERVER_ERRORS, THROTTLED } from './metrics.ts';

const PERIOD = Duration.minutes(5);

export interface MonitoredResources {
  readonly api: LambdaFunction;
  readonly stream: Stream;
  readonly imports: Imports;
  readonly clock: LambdaFunction;
}

interface AlarmRule {
  readonly name: string;
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm is raised above this value. Default 0. */
  readonly above?: number;
  /** The alarm is raised below this value, or without data: for what must never stop. */
  readonly below?: number;
}

/** Alarms that need an operator, with their SNS topic. */
export function addAlarms(stack: Stack, { name, settings }: Deployment, resources: MonitoredResources) {
  const topic = addTopic(stack, name);
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  const notify = new SnsAction(topic);
  const rules = [
    ...requestAlarms(resources.api),
    ...streamAlarms(resources.stream),
    ...backgroundAlarms(resources.imports, resources.clock),
  ];
  const all = rules.map((rule) => {
    const id = rule.name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const alarm = new Alarm(stack, `${id}Alarm`, {
      alarmName: `${name}-${rule.name}`,
      alarmDescription: rule.description,
      metric: rule.metric,
      evaluationPeriods: 1,
      ...condition(rule),
    });
    alarm.addAlarmAction(notify);
    alarm.addOkAction(notify);
    return alarm;
  });
  return { topic, all };
}

function condition({ above = 0, below }: AlarmRule) {
  if (below === undefined) {
    const { GREATER_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
    return { threshold: above, comparisonOperator, treatMissingData: TreatMissingData.NOT_BREACHING };
  }
  const { LESS_THAN_THRESHOLD: comparisonOperator } = ComparisonOperator;
  return { threshold: below, comparisonOperator, treatMissingData: TreatMissingData.BREACHING };
}

function requestAlarms(api: LambdaFunction): AlarmRule[] {
  return [
    {
      name: 'errors',
      description: 'More than 10 requests in 5 minutes failed with a server error. See errors by type on the dashboard.',
      metric: metricsQuery('SUM', ERRORS, { where: SERVER_ERRORS, period: PERIOD }),
      above: 10,
    },
    {
      name: 'latency',
      description: 'Requests took more than a second on average over 5 minutes. See latency by endpoint on the dashboard.',
      metric: metricsQuery('AVG', LATENCY, { period: PERIOD }),
      above: 1000,
    },
    {
      name: 'database-throttled',
      description:
        'DynamoDB throttled more than 5 requests in a minute. The table scales by itself within minutes; see its consumed capacity.',
      metric: metricsQuery('SUM', ERRORS, { where: THROTTLED, period: Duration.minutes(1) }),
      above: 5,
    },
    {
      name: 'crashes',
      description: 'The function crashed or timed out. Such requests publish no metric of their own; see its log.',
      metric: api.metricErrors({ period: PERIOD, statistic: 'Sum' }),
    },
  ];
}

function streamAlarms({ handler, mapping }: Stream): AlarmRule[] {
  return [
    {
      name: 'stream-failed',
      description:
        'Records of the stream could not be handled and are in the bucket of failed batches. The clock delivers their events.',
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'OnFailureDestinationDeliveredEventCount',
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        statistic: 'Sum',
        period: PERIOD,
      }),
    },
    {
      name: 'stream-lost',
      description: 'Records of the stream could neither be handled nor stored in the bucket. The clock delivers their events.',
      metric: handler.metric('DestinationDeliveryFailures', { period: PERIOD, statistic: 'Sum' }),
    },
    {
      name: 'stream-age',
      description: 'The stream is read more than 15 minutes late. Mail and audit log lines wait for the clock.',
      metric: handler.metric('IteratorAge', { period: PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(15).toMilliseconds(),
    },
  ];
}

function backgroundAlarms({ deadLetterQueue }: Imports, clock: LambdaFunction): AlarmRule[] {
  return [
    {
      name: 'imports-failed',
      description:
        'Imports failed after all retries; the clock retries them each minute. See the log of their function, then purge the queue.',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
    },
    {
      name: 'events-dead-lettered',
      description:
        'An event handler failed eight times on an event batch, which is now a dead letter. The log has the handler and the error.',
      metric: metricsQuery('SUM', DEAD_LETTERED, { period: PERIOD }),
    },
    {
      name: 'mails-failed',
      description: 'Mails were rejected, or not accepted after all retries. The log has the reason.',
      metric: metricsQuery('SUM', MAILS, { where: FAILED, period: PERIOD }),
    },
    {
      name: 'clock-failed',
      description: 'A run of the clock failed or timed out. The next run does the same work; see its log if this lasts.',
      metric: clock.metricErrors({ period: PERIOD, statistic: 'Sum' }),
    },
    {
      name: 'clock-stopped',
      description: 'The clock has not run for 5 minutes, so that expired invitations keep their amounts. See its rule.',
      metric: clock.metricInvocations({ period: PERIOD, statistic: 'Sum' }),
      below: 1,
    },
  ];
}

/** Its policy replaces the default one of topics, so it must allow CloudWatch. */
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
