import { Duration, type Stack } from 'aws-cdk-lib';
import type { HttpStage, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  SearchExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Deployment } from '../deployment.ts';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';
import type { MonitoredResources } from './alarm-rule.ts';
import {
  DEAD_LETTERED,
  ERRORS,
  LATENCY,
  LENDERS_ADDED,
  MAIL_ANSWERS,
  MAILS,
  metricsQuery,
  metricsSearch,
  OPERATIONS,
  RISK_BATCHES,
  RISK_SCORES,
  reputationMetric,
  withIndex,
} from './metrics.ts';

const period = Duration.minutes(1);
/** Grid units. */
const ROW_WIDTH = 24;

interface DashboardProps extends MonitoredResources {
  readonly alarms: readonly Alarm[];
}

export function addDashboard(stack: Stack, { name, settings }: Deployment, props: DashboardProps): Dashboard {
  const { functions, gateway, feed, stream, imports, table, alarms } = props;
  const dashboard = new Dashboard(stack, 'Dashboard', { dashboardName: name, defaultInterval: Duration.hours(3) });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: ROW_WIDTH, height: 6 }));
  const rows: Readonly<Record<string, Graphs>> = {
    Requests: requestGraphs(),
    'Latency, ms': latencyGraphs(),
    'HTTP gateway': gatewayGraphs(gateway),
    'Feed gateway': feedGraphs(feed),
    Table: tableGraphs(table),
    Functions: functionGraphs(functions),
    Stream: streamGraphs(stream),
    Imports: importGraphs(imports),
    'Mail and event handlers': backgroundGraphs(),
    ...(settings.mail && { 'Invitation mail': answerGraphs(), 'Amazon SES, the whole account': mailGraphs() }),
  };
  for (const [title, graphs] of Object.entries(rows)) {
    const width = ROW_WIDTH / Object.keys(graphs).length;
    dashboard.addWidgets(new TextWidget({ markdown: `## ${title}`, width: ROW_WIDTH, height: 1 }));
    dashboard.addWidgets(
      ...Object.entries(graphs).map(
        ([title, left]) => new GraphWidget({ title, left: [...left], width, height: 6, leftYAxis: { min: 0 } }),
      ),
    );
  }
  return dashboard;
}

/** Metrics by the title of their graph. A graph can have one query at most. */
type Graphs = Readonly<Record<string, readonly IMetric[]>>;

function requestGraphs(): Graphs {
  return {
    'Requests by endpoint': [metricsQuery('COUNT', LATENCY, { by: 'Endpoint', period })],
    'Errors by type': [metricsQuery('SUM', ERRORS, { by: 'ErrorType', period })],
    'Errors by endpoint': [metricsQuery('SUM', ERRORS, { by: 'Endpoint', period })],
    'Lenders added': [metricsQuery('SUM', LENDERS_ADDED, { by: 'Endpoint', period })],
  };
}

function latencyGraphs(): Graphs {
  return {
    'Average by endpoint': [metricsQuery('AVG', LATENCY, { by: 'Endpoint', period })],
    'p99 by endpoint and status': [new SearchExpression({ expression: metricsSearch('p99', LATENCY, period), period, label: '' })],
  };
}

function gatewayGraphs(gateway: HttpStage): Graphs {
  const sum = { period, statistic: 'Sum' };
  return {
    'HTTP requests': [gateway.metricCount(sum)],
    'HTTP responses with 4xx and 5xx': [gateway.metricClientError(sum), gateway.metricServerError(sum)],
    'HTTP latency p99, ms': [
      gateway.metricLatency({ period, statistic: 'p99' }),
      gateway.metricIntegrationLatency({ period, statistic: 'p99' }),
    ],
  };
}

function feedGraphs(feed: WebSocketStage): Graphs {
  const sums = (...names: readonly string[]) => names.map((name) => feed.metric(name, { period, statistic: 'Sum' }));
  return {
    'Connections and messages': sums('ConnectCount', 'MessageCount'),
    'Errors of the gateway': sums('ClientError', 'IntegrationError', 'ExecutionError'),
    'Latency p99, ms': [feed.metric('IntegrationLatency', { period, statistic: 'p99' })],
  };
}

function tableGraphs(table: Table): Graphs {
  const { tableName } = table;
  const metric = (metricName: string, statistic: string, more: Readonly<Record<string, string>> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      statistic,
      period,
      dimensionsMap: { TableName: tableName, ...more },
    });
  const both = (metricName: string) => withIndex(table, metricName, { period, statistic: 'Sum' });
  return {
    'Consumed capacity': ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].flatMap(both),
    'Throttled operations': ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap(both),
    'Conflicts and system errors': [
      metric('TransactionConflict', 'Sum'),
      ...OPERATIONS.map((name) => metric('SystemErrors', 'Sum', { Operation: name })),
    ],
    'Latency, ms': OPERATIONS.map((name) => metric('SuccessfulRequestLatency', 'Average', { Operation: name })),
  };
}

function functionGraphs(handlers: readonly LambdaFunction[]): Graphs {
  const metrics = (metricName: string, statistic: string) =>
    handlers.map((handler) => handler.metric(metricName, { statistic, period }));
  return {
    Invocations: metrics('Invocations', 'Sum'),
    Errors: metrics('Errors', 'Sum'),
    'Throttles and dropped events': [...metrics('Throttles', 'Sum'), ...metrics('AsyncEventsDropped', 'Sum')],
    'Duration p99, ms': metrics('Duration', 'p99'),
    Concurrency: metrics('ConcurrentExecutions', 'Maximum'),
  };
}

function streamGraphs({ handler, mapping }: Stream): Graphs {
  const events = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      statistic: 'Sum',
      period,
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    });
  return {
    'Age, ms': [handler.metric('IteratorAge', { statistic: 'Maximum', period })],
    'Event batches': [events('InvokedEventCount'), events('FailedInvokeEventCount')],
    'Failed or lost': [
      events('OnFailureDestinationDeliveredEventCount'),
      events('DroppedEventCount'),
      handler.metric('DestinationDeliveryFailures', { statistic: 'Sum', period }),
    ],
  };
}

function importGraphs({ queue, deadLetterQueue }: Imports): Graphs {
  const maximum = { period, statistic: 'Maximum' };
  return {
    'Messages visible and in flight': [
      queue.metricApproximateNumberOfMessagesVisible(maximum),
      queue.metricApproximateNumberOfMessagesNotVisible(maximum),
    ],
    'Age, s': [queue.metricApproximateAgeOfOldestMessage(maximum)],
    'Failed messages': [deadLetterQueue.metricApproximateNumberOfMessagesVisible(maximum)],
  };
}

function backgroundGraphs(): Graphs {
  return {
    'Mails by outcome': [metricsQuery('SUM', MAILS, { by: 'Outcome', period })],
    'Mails by kind': [metricsQuery('SUM', MAILS, { by: 'Kind', period })],
    'Dead letters by handler': [metricsQuery('SUM', DEAD_LETTERED, { by: 'Handler', period })],
  };
}

function answerGraphs(): Graphs {
  const scores = (statistic: string) =>
    new Metric({ namespace: RISK_SCORES.namespace, metricName: RISK_SCORES.name, statistic, period: Duration.hours(1) });
  return {
    'Batches by score': [metricsQuery('SUM', RISK_BATCHES, { by: 'Outcome', period })],
    'Scores, mean and p99 of an hour': [scores('Average'), scores('p99')],
    'Answers, opt-outs and bounces': [metricsQuery('SUM', MAIL_ANSWERS, { by: 'Answer', period })],
  };
}

function mailGraphs(): Graphs {
  const sums = (...names: readonly string[]) =>
    names.map((metricName) => new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Sum', period }));
  return {
    'Mails sent': sums('Send', 'Delivery'),
    'Mails that failed': sums('Bounce', 'Complaint', 'Reject'),
    'Rates of bounces and complaints': [reputationMetric('BounceRate'), reputationMetric('ComplaintRate')],
  };
}
