import * as z from 'zod';

/* Reads metrics from a log line by the CloudWatch user guide, "Specification: Embedded metric format". */

const sizes = ['Bytes', 'Bits'].flatMap((unit) => [
  unit,
  ...['Kilo', 'Mega', 'Giga', 'Tera'].map((size) => size + unit.toLowerCase()),
]);
const units = [...sizes, 'Count'].flatMap((unit) => [unit, `${unit}/Second`]);

const name = z.string().regex(/^.+$/).max(1024);
const metadata = z.strictObject({
  Timestamp: z.int(),
  CloudWatchMetrics: z.array(
    z.strictObject({
      Namespace: name,
      Dimensions: z.array(z.array(name.max(250)).max(30)).min(1),
      Metrics: z.array(
        z.strictObject({ Name: name, Unit: z.enum(['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'None', ...units]) }),
      ),
    }),
  ),
});

export type PublishedMetric = ReturnType<typeof metricsIn>[number];

/** @throws if CloudWatch would not accept the line */
export function metricsIn(line: string) {
  const document: Record<string, unknown> = JSON.parse(line);
  return metadata.parse(document['_aws']).CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((set) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        metric: Name,
        unit: Unit,
        value: z.number().parse(document[Name]),
        dimensions: Object.fromEntries(set.map((member) => [member, z.string().min(1).max(1024).parse(document[member])])),
      })),
    ),
  );
}
