import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmRule, type MonitoredResources, PERIOD, SUM } from './alarm-rule.ts';
import { type ClientErrorType, ERRORS, metricsQuery } from './metrics.ts';

/** Errors of a gateway in a period, above which it needs an operator. */
const ERRORS_MAX = 10;
/** Share of requests that are rejected with 4xx. */
const REJECTED_PERCENT_MAX = 30;
/** Requests in a period; a percentage of fewer says nothing. */
const REQUESTS_MIN = 300;
const LATENCY_MS_MAX = 2000;

const SURGES: readonly (readonly [string, ClientErrorType, string])[] = [
  ['unauthorized', 'Unauthorized', 'without a valid token (401): an attack, or a change at the issuer'],
  ['forbidden', 'Forbidden', 'that their user may not make (403): an attack, or an error in a client'],
  ['rate-limited', 'RateLimited', 'beyond a limit (429): an attack, a client that retries too fast, or limits that are too low'],
];

/** Surges of requests that are rejected, of REST, GraphQL and the feed together. @param max in a period */
export function clientErrorAlarms(max: number): AlarmRule[] {
  return SURGES.map(([name, type, description]) => ({
    name,
    description: `More than ${max} requests in 5 minutes ${description}. See errors by type and endpoint on the dashboard.`,
    metric: metricsQuery('SUM', ERRORS, { where: [`"ErrorType" = '${type}'`], period: PERIOD }),
    above: max,
  }));
}

/** Of the gateways' own metrics, which include what the program never received. */
export function gatewayAlarms({ gateway, feed }: Pick<MonitoredResources, 'feed' | 'gateway'>): AlarmRule[] {
  return [
    {
      name: 'gateway-errors',
      description: `More than ${ERRORS_MAX} responses of the HTTP API in 5 minutes were 5xx, its own included. See its access log.`,
      metric: gateway.metricServerError(SUM),
      above: ERRORS_MAX,
    },
    {
      name: 'gateway-rejected',
      description: `More than ${REJECTED_PERCENT_MAX} % of at least ${REQUESTS_MIN} requests got 4xx, the gateway's own 429 included. See its access log.`,
      metric: percentOf(gateway.metricClientError(SUM), [gateway.metricCount(SUM)]),
      above: REJECTED_PERCENT_MAX,
    },
    {
      name: 'gateway-slow',
      description: 'The HTTP API took more than 2 s on average, cold starts included. See latency and concurrency.',
      metric: gateway.metricLatency({ period: PERIOD, statistic: 'Average' }),
      above: LATENCY_MS_MAX,
    },
    {
      name: 'feed-errors',
      description: `The feed's gateway could not have more than ${ERRORS_MAX} messages handled in 5 minutes. See its access log.`,
      metric: new MathExpression({
        expression: 'FILL(integration, 0) + FILL(execution, 0)',
        usingMetrics: { integration: feed.metric('IntegrationError', SUM), execution: feed.metric('ExecutionError', SUM) },
        period: PERIOD,
      }),
      above: ERRORS_MAX,
    },
    {
      name: 'feed-rejected',
      description: `The feed's gateway rejected more than ${REJECTED_PERCENT_MAX} % of at least ${REQUESTS_MIN} messages and connections.`,
      metric: percentOf(feed.metric('ClientError', SUM), [feed.metric('MessageCount', SUM), feed.metric('ConnectCount', SUM)]),
      above: REJECTED_PERCENT_MAX,
    },
  ];
}

/** 0 where the total is too small. */
function percentOf(part: IMetric, totals: readonly IMetric[]): MathExpression {
  const ids = totals.map((_, index) => `total${index}`);
  const total = ids.map((id) => `FILL(${id}, 0)`).join(' + ');
  return new MathExpression({
    expression: `IF(${total} >= ${REQUESTS_MIN}, 100 * FILL(part, 0) / (${total}), 0)`,
    usingMetrics: { part, ...Object.fromEntries(totals.map((metric, index) => [`total${index}`, metric])) },
    period: PERIOD,
  });
}
