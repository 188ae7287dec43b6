import type { ErrorMetricType } from '../../server/src/domain/errors.ts';

/* The metrics that the program prints, as CloudWatch can be asked for them. */

interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  /** CloudWatch keeps a metric for each combination of values, and none for all of them together. */
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

/** What callers brought upon themselves. All else is ours, also a type that nobody has thought of yet. */
const OF_CALLERS: Readonly<Record<Exclude<ErrorMetricType, OfOurs>, true>> = {
  Conflict: true,
  Forbidden: true,
  NotFound: true,
  RateLimited: true,
  Unauthorized: true,
  ValidationError: true,
};

type OfOurs = 'Contention' | 'DatabaseThrottled' | 'DatabaseUnavailable' | 'UnexpectedError';

type Condition = `"${string}" ${'=' | '!='} '${string}'`;

/** Conditions can be joined by AND only, so that ours are all but those of callers. */
export const OURS: readonly Condition[] = Object.keys(OF_CALLERS).map((type): Condition => `"ErrorType" != '${type}'`);
export const FAILED: readonly Condition[] = [`"Outcome" = 'failed'`];
export const THROTTLED: readonly Condition[] = [`"ErrorType" = 'DatabaseThrottled'`];

interface Question {
  readonly where?: readonly Condition[];
  /** A line for each of its values; without it, one for all. */
  readonly by?: string;
}

/** A Metrics Insights query: the one way to add up over dimensions that an alarm can take. */
export function metricsQuery(
  how: 'AVG' | 'COUNT' | 'SUM',
  { namespace, name, dimensions }: PublishedMetric,
  { where = [], by }: Question = {},
): string {
  const schema = [namespace, ...dimensions].map((word) => `"${word}"`).join(', ');
  return [
    `SELECT ${how}("${name}") FROM SCHEMA(${schema})`,
    ...(where.length > 0 ? [`WHERE ${where.join(' AND ')}`] : []),
    ...(by === undefined ? [] : [`GROUP BY "${by}" ORDER BY ${how}() DESC`]),
  ].join(' ');
}

/** For dashboards alone: a line for each combination of values. Queries know no percentiles. */
export function searchFor(statistic: string, { namespace, name, dimensions }: PublishedMetric, periodSeconds: number): string {
  return `SEARCH('{${[namespace, ...dimensions].join(',')}} MetricName="${name}"', '${statistic}', ${periodSeconds})`;
}
