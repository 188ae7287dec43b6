import { Duration, type Stack } from 'aws-cdk-lib';
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
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';
import type { Deployment } from '../deployment.ts';
import type { Imports } from '../imports.ts';
import type { Stream } from '../stream.ts';
import type { MonitoredResources } from './alarms.ts';
import { DEAD_LETTERED, ERRORS, LATENCY, LENDERS_ADDED, MAILS, metricsQuery, metricsSearch } from './metrics.ts';

const period = Duration.minutes(1);
/** Grid units. */
const ROW_WIDTH = 24;

interface DashboardProps extends MonitoredResources {
  readonly table: Table;
  readonly alarms: readonly Alarm[];
}

export function addDashboard(stack: Stack, { name }: Deployment, props: DashboardProps): Dashboard {
  const { api, stream, imports, clock, table, alarms } = props;
  const dashboard = new Dashboard(stack, 'Dashboard', { dashboardName: name, defaultInterval: Duration.hours(3) });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: ROW_WIDTH, height: 3 }));
  const rows: Readonly<Record<string, Graphs>> = {
    Requests: requestGraphs(),
    'Latency, ms': latencyGraphs(),
    Table: tableGraphs(table),
    Functions: functionGraphs([api, stream.handler, imports.handler, clock]),
    Stream: streamGraphs(stream),
    Imports: importGraphs(imports),
    'Mail and event handlers': backgroundGraphs(),
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

function tableGraphs({ tableName }: Table): Graphs {
  const metric = (metricName: string, statistic: string, more: Readonly<Record<string, string>> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      statistic,
      period,
      dimensionsMap: { TableName: tableName, ...more },
    });
  /** The metrics of a table don't include those of its index. */
  const withIndex = (metricName: string) => [
    metric(metricName, 'Sum'),
    metric(metricName, 'Sum', { GlobalSecondaryIndexName: LAYOUT.index.name }),
  ];
  const operations = ['TransactWriteItems', 'TransactGetItems', 'BatchGetItem', 'Query'];
  return {
    'Consumed capacity': ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].flatMap(withIndex),
    Throttled: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap(withIndex),
    'Transaction conflicts': [metric('TransactionConflict', 'Sum')],
    'Latency, ms': operations.map((name) => metric('SuccessfulRequestLatency', 'Average', { Operation: name })),
  };
}

function functionGraphs(handlers: readonly LambdaFunction[]): Graphs {
  const metrics = (metricName: string, statistic: string) =>
    handlers.map((handler) => handler.metric(metricName, { statistic, period }));
  return {
    Invocations: metrics('Invocations', 'Sum'),
    'Errors and throttles': [...metrics('Errors', 'Sum'), ...metrics('Throttles', 'Sum')],
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
