import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ErrorMetricType } from '../../server/src/domain/errors.ts';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';

/* The metrics that the program publishes, with queries of them, and those of AWS that both alarms and the dashboard use. */

export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  /** CloudWatch has one metric for each combination of values, and none for all of them together. */
  readonly dimensions: readonly string[];
}

/** @internal exported for tests */
export const NAMESPACE = 'PrivateLending/API';
/** @internal exported for tests */
export const BACKGROUND = 'PrivateLending/Background';

export const LATENCY: PublishedMetric = { namespace: NAMESPACE, name: 'APILatency', dimensions: ['Endpoint', 'Status'] };
export const LENDERS_ADDED: PublishedMetric = { namespace: NAMESPACE, name: 'LendersAdded', dimensions: ['Endpoint'] };
export const ERRORS: PublishedMetric = { namespace: NAMESPACE, name: 'APIError', dimensions: ['Endpoint', 'ErrorType'] };
export const MAILS: PublishedMetric = { namespace: BACKGROUND, name: 'Mails', dimensions: ['Kind', 'Outcome'] };
export const DEAD_LETTERED: PublishedMetric = { namespace: BACKGROUND, name: 'EventsDeadLettered', dimensions: ['Handler'] };
export const RISK_BATCHES: PublishedMetric = { namespace: BACKGROUND, name: 'RiskBatches', dimensions: ['Outcome'] };
export const RISK_SCORES: PublishedMetric = { namespace: BACKGROUND, name: 'RiskScores', dimensions: [] };
export const MAIL_ANSWERS: PublishedMetric = { namespace: BACKGROUND, name: 'MailAnswers', dimensions: ['Answer'] };
export const IMPORTS_FAILED: PublishedMetric = { namespace: BACKGROUND, name: 'ImportsFailed', dimensions: ['Code'] };

type ServerErrorType = 'Contention' | 'DatabaseThrottled' | 'DatabaseUnavailable' | 'UnexpectedError';

export type ClientErrorType = Exclude<ErrorMetricType, ServerErrorType>;

/** A new error type is a server error until it is added here. */
const CLIENT_ERROR_TYPES: Readonly<Record<ClientErrorType, true>> = {
  Conflict: true,
  Forbidden: true,
  NotFound: true,
  RateLimited: true,
  Unauthorized: true,
  ValidationError: true,
};

type Condition = `"${string}" ${'=' | '!='} '${string}'`;

/** Metrics Insights has only AND, so this excludes the client errors. */
export const SERVER_ERRORS = Object.keys(CLIENT_ERROR_TYPES).map((type): Condition => `"ErrorType" != '${type}'`);
export const FAILED: readonly Condition[] = [`"Outcome" = 'failed'`];
export const HELD_BACK_BY_ALL: readonly Condition[] = [`"Outcome" = 'held-back-all'`];
export const UNEXPECTED: readonly Condition[] = [`"Code" = 'INTERNAL_ERROR'`];
export const THROTTLED: readonly Condition[] = [`"ErrorType" = 'DatabaseThrottled'`];

interface QueryOptions {
  readonly period: Duration;
  readonly where?: readonly Condition[];
  /** One series for each value of this dimension. Default: one for all. */
  readonly by?: string;
}

/** A Metrics Insights query: alarms have no other way to aggregate over dimensions. */
export function metricsQuery(
  statistic: 'AVG' | 'COUNT' | 'SUM',
  { namespace, name, dimensions }: PublishedMetric,
  { period, where = [], by }: QueryOptions,
): MathExpression {
  const schema = [namespace, ...dimensions].map((word) => `"${word}"`).join(', ');
  const expression = [
    `SELECT ${statistic}("${name}") FROM SCHEMA(${schema})`,
    ...(where.length > 0 ? [`WHERE ${where.join(' AND ')}`] : []),
    ...(by === undefined ? [] : [`GROUP BY "${by}" ORDER BY ${statistic}() DESC`]),
  ].join(' ');
  return new MathExpression({ expression, period, usingMetrics: {}, ...(by !== undefined && { label: '' }) });
}

/** A search, which dashboards need for percentiles: one series for each combination of values. */
export function metricsSearch(statistic: string, { namespace, name, dimensions }: PublishedMetric, period: Duration): string {
  return `SEARCH('{${[namespace, ...dimensions].join(',')}} MetricName="${name}"', '${statistic}', ${period.toSeconds()})`;
}

/** Operations of the program on the table. */
export const OPERATIONS: readonly string[] = [
  'TransactWriteItems',
  'BatchExecuteStatement',
  'TransactGetItems',
  'BatchGetItem',
  'Query',
];

/** A metric of the table, and of its index, which the table's does not include. */
export function withIndex({ tableName: TableName }: Table, metricName: string, options: MetricOptions): Metric[] {
  const metric = (dimensionsMap: Readonly<Record<string, string>>) =>
    new Metric({ namespace: 'AWS/DynamoDB', metricName, ...options, dimensionsMap });
  return [metric({ TableName }), metric({ TableName, GlobalSecondaryIndexName: LAYOUT.index.name })];
}

/** Of the whole account in this region, from 0 to 1. SES publishes it when mail bounces or is complained about. */
export function reputationMetric(name: 'BounceRate' | 'ComplaintRate'): Metric {
  return new Metric({ namespace: 'AWS/SES', metricName: `Reputation.${name}`, statistic: 'Average', period: Duration.hours(1) });
}
