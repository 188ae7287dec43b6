/** A metric of an alarm or a dashboard. */
export interface WatchedMetric {
  /** The logical id of the alarm or dashboard. */
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  /** Names, sorted. Other dimensions are another metric. */
  readonly dimensions: readonly string[];
}

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
}

/** All metrics of the alarms and dashboards of a template, also those in queries and searches. @throws TypeError */
export function watchedMetrics(template: { readonly Resources: Readonly<Record<string, Resource>> }): WatchedMetric[] {
  return Object.entries(template.Resources).flatMap(([by, { Type, Properties }]) => {
    if (Type === 'AWS::CloudWatch::Alarm') return metricsOfAlarm(Properties).map((metric) => ({ by, ...metric }));
    if (Type === 'AWS::CloudWatch::Dashboard') return metricsOfDashboard(Properties).map((metric) => ({ by, ...metric }));
    return [];
  });
}

type Metric = Omit<WatchedMetric, 'by'>;

function metricsOfAlarm(properties: unknown): Metric[] {
  const { MetricName, Metrics } = object(properties);
  if (MetricName !== undefined) return [metricIn(properties)];
  return list(Metrics).flatMap((part) => {
    const { Expression, MetricStat } = object(part);
    return Expression === undefined ? [metricIn(object(MetricStat)['Metric'])] : metricsOfExpression(text(Expression));
  });
}

function metricIn(metric: unknown): Metric {
  const { Namespace, MetricName, Dimensions } = object(metric);
  const names = list(Dimensions ?? []).map((dimension) => text(object(dimension)['Name']));
  return { namespace: text(Namespace), name: text(MetricName), dimensions: names.sort() };
}

function metricsOfDashboard(properties: unknown): Metric[] {
  const body = JSON.parse(joined(object(properties)['DashboardBody']));
  return list(object(body)['widgets']).flatMap((widget) => {
    const { metrics } = object(object(widget)['properties']);
    return list(metrics ?? []).flatMap(metricsOfRow);
  });
}

/** `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
function metricsOfRow(row: unknown): Metric[] {
  const words = list(row);
  const [first] = words;
  if (typeof first !== 'string') return metricsOfExpression(text(object(first)['expression']));
  const [namespace = '', name = '', ...rest] = words.filter((word) => typeof word === 'string');
  return [{ namespace, name, dimensions: rest.filter((_, index) => index % 2 === 0).sort() }];
}

function metricsOfExpression(expression: string): Metric[] {
  const query = /^SELECT \w+\("(?<name>[^"]+)"\) FROM SCHEMA\((?<schema>"[^)]+")\)/.exec(expression)?.groups;
  const search = /^SEARCH\('\{(?<schema>[^}]+)\} MetricName="(?<name>[^"]+)"'/.exec(expression)?.groups;
  const { name = '', schema = '' } = query ?? search ?? {};
  const [namespace = '', ...dimensions] = schema.split(',').map((word) => word.trim().replaceAll('"', ''));
  if (name === '' || namespace === '') throw new TypeError(`no metric found in: ${expression}`);
  return [{ namespace, name, dimensions: dimensions.sort() }];
}

/** A string with placeholders for what CloudFormation fills in. */
function joined(value: unknown): string {
  if (typeof value === 'string') return value;
  const [separator, parts] = list(object(value)['Fn::Join']);
  return list(parts)
    .map((part) => (typeof part === 'string' ? part : 'placeholder'))
    .join(text(separator));
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`expected an object, not ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`expected a list, not ${JSON.stringify(value)}`);
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected a text, not ${JSON.stringify(value)}`);
  return value;
}
