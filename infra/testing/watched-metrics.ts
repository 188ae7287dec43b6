import * as z from 'zod';

/** A metric of an alarm or a dashboard. */
export interface WatchedMetric {
  /** Logical id of the alarm or dashboard. */
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  /** Names, sorted. Other dimensions are another metric. */
  readonly dimensions: readonly string[];
}

type Metric = Omit<WatchedMetric, 'by'>;

/** All metrics of a template's alarms and dashboards, also those in queries and searches. @throws Error */
export function watchedMetrics(template: {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}): WatchedMetric[] {
  return Object.entries(template.Resources).flatMap(([by, { Type, Properties }]) => {
    const schema = Type === 'AWS::CloudWatch::Alarm' ? alarm : Type === 'AWS::CloudWatch::Dashboard' ? dashboard : undefined;
    return schema?.parse(Properties).map((metric) => ({ by, ...metric })) ?? [];
  });
}

const expression = z.string().transform((text): Metric => {
  const query = /^SELECT \w+\("(?<name>[^"]+)"\) FROM SCHEMA\((?<schema>"[^)]+")\)/.exec(text)?.groups;
  const search = /^SEARCH\('\{(?<schema>[^}]+)\} MetricName="(?<name>[^"]+)"'/.exec(text)?.groups;
  const { name = '', schema = '' } = query ?? search ?? {};
  const [namespace = '', ...dimensions] = schema.split(',').map((word) => word.trim().replaceAll('"', ''));
  if (name === '' || namespace === '') throw new TypeError(`no metric found in: ${text}`);
  return { namespace, name, dimensions: dimensions.sort() };
});

const metric = z
  .object({ Namespace: z.string(), MetricName: z.string(), Dimensions: z.array(z.object({ Name: z.string() })).default([]) })
  .transform(({ Namespace, MetricName, Dimensions }): Metric => {
    return { namespace: Namespace, name: MetricName, dimensions: Dimensions.map(({ Name }) => Name).sort() };
  });

const alarm = z.union([
  metric.transform((single) => [single]),
  z
    .object({
      Metrics: z.array(
        z.union([
          z.object({ Id: z.string().optional(), MetricStat: z.object({ Metric: metric }) }),
          z.object({ Expression: z.string() }),
        ]),
      ),
    })
    .transform(({ Metrics }) => {
      const ids = Metrics.flatMap((part) => ('MetricStat' in part ? (part.Id ?? []) : []));
      return Metrics.flatMap((part) => {
        if ('MetricStat' in part) return [part.MetricStat.Metric];
        return isMathOver(ids, part.Expression) ? [] : [expression.parse(part.Expression)];
      });
    }),
]);

/** Whether an expression only computes with the other metrics of its alarm. */
function isMathOver(ids: readonly string[], text: string): boolean {
  const names = text.match(/\b[a-z]\w*/g) ?? [];
  return names.length > 0 && !/["']/.test(text) && names.every((name) => ids.includes(name));
}

/** `[namespace, name, dimension, value, …, options]`, or `[{ expression }]`. */
const row = z.union([
  z.tuple([z.object({ expression })]).transform(([single]) => single.expression),
  z.tuple([z.string(), z.string()], z.unknown()).transform(([namespace, name, ...rest]): Metric => {
    const words = rest.filter((word) => typeof word === 'string');
    return { namespace, name, dimensions: words.filter((_, index) => index % 2 === 0).sort() };
  }),
]);

/** A string with placeholders for what CloudFormation fills in. */
const body = z
  .object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) })
  .transform(({ 'Fn::Join': [separator, parts] }) =>
    parts.map((part) => (typeof part === 'string' ? part : 'placeholder')).join(separator),
  );

const dashboard = z
  .object({ DashboardBody: z.union([z.string(), body]).transform((text) => JSON.parse(text)) })
  .transform(({ DashboardBody }) =>
    z
      .object({ widgets: z.array(z.object({ properties: z.object({ metrics: z.array(row).default([]) }) })) })
      .parse(DashboardBody)
      .widgets.flatMap(({ properties }) => properties.metrics),
  );
