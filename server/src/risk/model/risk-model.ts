import * as z from 'zod';
import { FEATURE_NAMES, FEATURES, type FeatureName } from '../features/feature-table.ts';

const featureWeight = z.strictObject({
  /** Of honest batches: a feature at its mean adds nothing. */
  mean: z.number(),
  scale: z.number().positive(),
  /** Log-odds for one scale above the mean. Its sign agrees with the feature's effect. */
  weight: z.number(),
});

const schema = z
  .strictObject({
    format: z.literal(1),
    /** Stored with each score. */
    version: z.string().regex(/^[\w.-]{1,40}$/),
    intercept: z.number(),
    weights: z.record(z.enum(FEATURE_NAMES), featureWeight),
    /** From the log-odds of the regression to those of a probability at `baseRate`. */
    calibration: z.strictObject({ slope: z.number().positive(), offset: z.number() }),
    /** Part of all batches that the score takes to be abusive. */
    baseRate: z.number().gt(0).lt(1),
    /** Scores from here on are held, unless the operator sets another threshold. */
    holdFrom: z.number().gt(0).lt(1),
  })
  .superRefine(({ weights }, context) => {
    for (const name of FEATURE_NAMES) {
      const { weight } = weights[name];
      if (isAllowed(name, weight)) continue;
      const message = `must not be ${weight}: this feature ${FEATURES[name].effect} the score`;
      context.addIssue({ code: 'custom', path: ['weights', name, 'weight'], message });
    }
  });

/** A logistic regression on the features, calibrated. */
export type RiskModel = Readonly<z.infer<typeof schema>>;

/**
 * Checks a model that `npm run risk:train` wrote.
 * @throws Error with what is wrong with it
 */
export function parseModel(json: unknown): RiskModel {
  const result = schema.safeParse(json);
  if (!result.success)
    throw new Error(`This is not a risk model for this version of the program:\n${z.prettifyError(result.error)}`);
  return result.data;
}

function isAllowed(name: FeatureName, weight: number): boolean {
  return FEATURES[name].effect === 'raises' ? weight >= 0 : weight <= 0;
}
