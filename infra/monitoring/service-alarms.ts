import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type AlarmRule, PERIOD, SUM } from './alarm-rule.ts';
import { OPERATIONS, reputationMetric, withIndex } from './metrics.ts';

const THROTTLES_MAX = 100;
const SYSTEM_ERRORS_MAX = 10;
/** DynamoDB's default quota of a table on demand, for reads and for writes. */
const UNITS_PER_SECOND_MAX = 40_000;
const UNITS_PART = 0.8;

/** Of DynamoDB's metrics, which include background work. */
export function tableAlarms(table: Table): AlarmRule[] {
  const minute = { period: Duration.minutes(1), statistic: 'Sum' } as const;
  const throttles = ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => withIndex(table, name, SUM));
  const systemErrors = OPERATIONS.map((Operation) =>
    table.metric('SystemErrors', { ...SUM, dimensionsMap: { TableName: table.tableName, Operation } }),
  );
  const [reads, writes] = ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((name) =>
    sumOf(withIndex(table, name, minute), minute.period),
  );
  return [
    {
      name: 'table-throttled',
      description: `DynamoDB throttled more than ${THROTTLES_MAX} operations in 5 minutes, background work included. See consumed capacity.`,
      metric: sumOf(throttles, PERIOD),
      above: THROTTLES_MAX,
    },
    {
      name: 'table-errors',
      description: `DynamoDB failed more than ${SYSTEM_ERRORS_MAX} operations in 5 minutes, which are retried. See the AWS Health Dashboard.`,
      metric: sumOf(systemErrors, PERIOD),
      above: SYSTEM_ERRORS_MAX,
    },
    ...[
      { name: 'table-reads-near-limit', metric: reads },
      { name: 'table-writes-near-limit', metric: writes },
    ].flatMap(({ name, metric }) =>
      metric
        ? {
            name,
            metric,
            description: `The table uses more than ${UNITS_PART * 100} % of the default quota of ${UNITS_PER_SECOND_MAX} units a second. Ask for more in Service Quotas.`,
            above: UNITS_PART * UNITS_PER_SECOND_MAX * minute.period.toSeconds(),
          }
        : [],
    ),
  ];
}

/** What SES puts an account under review for, which all senders of the account in this region share. */
export function reputationAlarms(): AlarmRule[] {
  return [
    {
      name: 'mail-bounces',
      description: 'Almost 5 % of mails bounce: from 5 % on, SES reviews the account, and it may stop sending from 10 % on.',
      metric: reputationMetric('BounceRate'),
      above: 0.045,
      withoutData: 'unchanged',
    },
    {
      name: 'mail-complaints',
      description:
        'Almost 0.1 % of mails are reported as spam: from 0.1 % on, SES reviews the account, and it may stop sending from 0.5 % on.',
      metric: reputationMetric('ComplaintRate'),
      above: 0.0009,
      withoutData: 'unchanged',
    },
  ];
}

function sumOf(metrics: readonly IMetric[], period: Duration): MathExpression {
  const ids = metrics.map((_, index) => `m${index}`);
  return new MathExpression({
    expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    period,
  });
}
