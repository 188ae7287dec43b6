import { Duration, type Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
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
import type { Alarms } from './alarms.ts';
import { DEAD_LETTERED, ERRORS, LATENCY, LENDERS_ADDED, MAILS, metricsQuery, searchFor } from './metrics.ts';

const PERIOD = Duration.minutes(1);
/** A row is 24 wide. */
const ROW = 24;

interface Shown {
  readonly api: LambdaFunction;
  readonly stream: Stream;
  readonly imports: Imports;
  readonly clock: LambdaFunction;
  readonly table: Table;
  readonly alarms: Alarms;
}

/** One page, read from the top: is it well, what do people meet, what does the table do, what do the functions do. */
export function addDashboard(stack: Stack, { name }: Deployment, shown: Shown): Dashboard {
  const { api, stream, imports, clock, table, alarms } = shown;
  const dashboard = new Dashboard(stack, 'Dashboard', { dashboardName: name, defaultInterval: Duration.hours(3) });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.all], width: ROW, height: 3 }));
  addRow(dashboard, 'Requests', requests());
  addRow(dashboard, 'Latency, ms', latency());
  addRow(dashboard, 'Table', consumption(table));
  addRow(dashboard, 'Functions', functions([api, stream.handler, imports.handler, clock]));
  addRow(dashboard, 'Stream', streaming(stream));
  addRow(dashboard, 'Imports', importing(imports));
  addRow(dashboard, 'What follows', following());
  return dashboard;
}

type Graphs = Readonly<Record<string, readonly IMetric[]>>;

function addRow(dashboard: Dashboard, title: string, graphs: Graphs): void {
  const width = ROW / Object.keys(graphs).length;
  dashboard.addWidgets(new TextWidget({ markdown: `## ${title}`, width: ROW, height: 1 }));
  dashboard.addWidgets(
    ...Object.entries(graphs).map(
      ([name, metrics]) => new GraphWidget({ title: name, left: [...metrics], width, height: 6, leftYAxis: { min: 0 } }),
    ),
  );
}

function requests(): Graphs {
  return {
    'Requests by endpoint': [query(metricsQuery('COUNT', LATENCY, { by: 'Endpoint' }))],
    'Errors by type': [query(metricsQuery('SUM', ERRORS, { by: 'ErrorType' }))],
    'Errors by endpoint': [query(metricsQuery('SUM', ERRORS, { by: 'Endpoint' }))],
    'Lenders added': [query(metricsQuery('SUM', LENDERS_ADDED, { by: 'Endpoint' }))],
  };
}

function latency(): Graphs {
  const p99 = searchFor('p99', LATENCY, PERIOD.toSeconds());
  return {
    'Average by endpoint': [query(metricsQuery('AVG', LATENCY, { by: 'Endpoint' }))],
    'p99 by endpoint and status': [new SearchExpression({ expression: p99, period: PERIOD, label: '' })],
  };
}

function consumption({ tableName }: Table): Graphs {
  const of = (metricName: string, statistic: string, more: Readonly<Record<string, string>> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      statistic,
      period: PERIOD,
      dimensionsMap: { TableName: tableName, ...more },
    });
  /** DynamoDB counts an index apart from its table. */
  const ofBoth = (metricName: string) => [
    of(metricName, 'Sum'),
    of(metricName, 'Sum', { GlobalSecondaryIndexName: LAYOUT.index.name }),
  ];
  const calls = ['TransactWriteItems', 'TransactGetItems', 'BatchGetItem', 'Query'];
  return {
    'Capacity consumed': ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].flatMap(ofBoth),
    Throttled: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap(ofBoth),
    'Conflicts of transactions': [of('TransactionConflict', 'Sum')],
    'Latency, ms': calls.map((call) => of('SuccessfulRequestLatency', 'Average', { Operation: call })),
  };
}

function functions(handlers: readonly LambdaFunction[]): Graphs {
  const of = (metricName: string, statistic: string) =>
    handlers.map((handler) => handler.metric(metricName, { statistic, period: PERIOD }));
  return {
    Invocations: of('Invocations', 'Sum'),
    'Errors and throttles': [...of('Errors', 'Sum'), ...of('Throttles', 'Sum')],
    'Duration p99, ms': of('Duration', 'p99'),
    'Running at once': of('ConcurrentExecutions', 'Maximum'),
  };
}

function streaming({ handler, mapping }: Stream): Graphs {
  const events = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      statistic: 'Sum',
      period: PERIOD,
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    });
  return {
    'Age, ms': [handler.metric('IteratorAge', { statistic: 'Maximum', period: PERIOD })],
    Chapters: [events('InvokedEventCount'), events('FailedInvokeEventCount')],
    'Put aside or lost': [
      events('OnFailureDestinationDeliveredEventCount'),
      events('DroppedEventCount'),
      handler.metric('DestinationDeliveryFailures', { statistic: 'Sum', period: PERIOD }),
    ],
  };
}

function importing({ queue, failed }: Imports): Graphs {
  const waiting = { period: PERIOD, statistic: 'Maximum' };
  return {
    'Messages that wait or are in hand': [
      queue.metricApproximateNumberOfMessagesVisible(waiting),
      queue.metricApproximateNumberOfMessagesNotVisible(waiting),
    ],
    'Age, s': [queue.metricApproximateAgeOfOldestMessage(waiting)],
    'Messages that failed': [failed.metricApproximateNumberOfMessagesVisible(waiting)],
  };
}

function following(): Graphs {
  return {
    'Mails by outcome': [query(metricsQuery('SUM', MAILS, { by: 'Outcome' }))],
    'Mails by kind': [query(metricsQuery('SUM', MAILS, { by: 'Kind' }))],
    'Changes set aside': [query(metricsQuery('SUM', DEAD_LETTERED, { by: 'Handler' }))],
  };
}

/** A dashboard takes one query a graph. */
function query(expression: string): MathExpression {
  return new MathExpression({ expression, period: PERIOD, usingMetrics: {}, label: '' });
}
