import * as z from 'zod';

const figures = z.object({
  name: z.string(),
  averagePrecision: z.number(),
  recall: z.number(),
  recallByFamily: z.record(z.string(), z.number()),
  behindBest: z.object({ low: z.number(), value: z.number(), high: z.number() }),
});

const schema = z.object({
  version: z.string(),
  seed: z.string(),
  size: z.object({ honest: z.number(), abusive: z.number() }),
  batches: z.object({ honest: z.number(), abusive: z.number() }),
  kept: z.string(),
  table: z.array(figures),
  /** The kept model, and without each source of features. */
  ablation: z.array(z.object({ without: z.string(), averagePrecision: z.number(), recall: z.number() })),
  /** Thresholds that allow as many false holds as the score's, on the same batches. */
  baselines: z.array(z.object({ name: z.string(), threshold: z.number() })),
});

/** What `npm run risk:train` leaves for the evaluation, in risk/training.json. All of it is from training families. */
export type Training = Readonly<z.infer<typeof schema>>;

export function parseTraining(json: unknown): Training {
  return schema.parse(json);
}
