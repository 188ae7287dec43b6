import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';
import { type AlarmRule, PERIOD, SUM } from './alarm-rule.ts';
import {
  DEAD_LETTERED,
  ERRORS,
  FAILED,
  IMPORTS_FAILED,
  LATENCY,
  MAILS,
  metricsQuery,
  SERVER_ERRORS,
  THROTTLED,
  UNEXPECTED,
} from './metrics.ts';

/** Of the metrics that the program publishes for requests. */
export function requestAlarms(): AlarmRule[] {
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
  ];
}

export function streamAlarms({ handler, mapping }: Stream): AlarmRule[] {
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
      metric: handler.metric('DestinationDeliveryFailures', SUM),
    },
    {
      name: 'stream-age',
      description: 'The stream is read more than 15 minutes late. Mail and audit log lines wait for the clock.',
      metric: handler.metric('IteratorAge', { period: PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(15).toMilliseconds(),
    },
  ];
}

export function backgroundAlarms({ queue, deadLetterQueue }: Imports, clock: LambdaFunction): AlarmRule[] {
  return [
    {
      name: 'imports-delayed',
      description: 'An import has waited for more than half an hour. See the errors and the concurrency of their function.',
      metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(30).toSeconds(),
    },
    {
      name: 'imports-failed',
      description:
        'The database failed the steps of imports after all retries; the clock retries them each minute. See the log of their function, then purge the queue.',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
    },
    {
      name: 'imports-ended-by-error',
      description:
        'An unexpected error ended an import after 40 attempts in about a day. See the log of the import function; then "lending imports resume" continues it.',
      metric: metricsQuery('SUM', IMPORTS_FAILED, { where: UNEXPECTED, period: PERIOD }),
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
      name: 'clock-stopped',
      description: 'The clock has not run for 5 minutes, so that expired invitations keep their amounts. See its rule.',
      metric: clock.metricInvocations(SUM),
      below: 1,
    },
  ];
}
