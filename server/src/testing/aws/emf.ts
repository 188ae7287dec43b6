import { Ajv } from 'ajv';
import * as z from 'zod';

/* Reads metrics out of a line of the log as CloudWatch does. */

const name = { type: 'string', pattern: '^(.*)$', minLength: 1, maxLength: 1024 };
const perSecond = [
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
];
const units = [...perSecond, 'Count'].flatMap((unit) => [unit, `${unit}/Second`]);

/** What AWS publishes in the CloudWatch user guide, under "Specification: Embedded metric format". */
const SCHEMA = {
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: name,
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: { type: 'array', minItems: 0, maxItems: 30, items: { ...name, maxLength: 250 } },
              },
              Metrics: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: {
                    Name: name,
                    Unit: { type: 'string', enum: ['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'None', ...units] },
                    StorageResolution: { type: 'integer' },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const ajv = new Ajv({ strict: false });
const validate = ajv.compile(SCHEMA);

/** What the specification says in words: no other members, and members of the document for all that is referred to. */
const metadata = z.strictObject({
  Timestamp: z.int(),
  CloudWatchMetrics: z.array(
    z.strictObject({
      Namespace: z.string(),
      Dimensions: z.array(z.array(z.string())),
      Metrics: z.array(z.strictObject({ Name: z.string(), Unit: z.string() })),
    }),
  ),
});

export interface PublishedMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** @throws where CloudWatch would not take the line for a document */
export function metricsIn(line: string): PublishedMetric[] {
  const document: Record<string, unknown> = JSON.parse(line);
  if (!validate(document)) throw new Error(`this is no embedded metric format: ${ajv.errorsText(validate.errors)}`);
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
