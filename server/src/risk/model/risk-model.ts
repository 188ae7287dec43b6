import * as z from 'zod';
import { FEATURE_NAMES, FEATURES, type FeatureName } from '../features/feature-table.ts';

const featureWeight = z.strictObject({
  /** Of honest batches: a feature at its mean adds nothing. */
  mean: z.number(),
  scale: z.number().positive(),
  /** Log-odds for one scale above the mean. Its sign agrees with the feature's effect. */
  weight: z.number(),
});

/** Adds `below` to the log-odds where the feature is below the limit, else `above`. */
const step = z.strictObject({ feature: z.enum(FEATURE_NAMES), limit: z.number(), below: z.number(), above: z.number() });

const schema = z
  .strictObject({
    format: z.literal(1),
    /** Stored with each score. */
    version: z.string().regex(/^[\w.-]{1,40}$/),
    intercept: z.number(),
    weights: z.record(z.enum(FEATURE_NAMES), featureWeight),
    /** Corrections of the regression, in the order of `FEATURE_NAMES`. At the means they add nothing. */
    steps: z.array(step).max(1000),
    /** From the log-odds of the regression and its steps to those of a probability at `baseRate`. */
    calibration: z.strictObject({ slope: z.number().positive(), offset: z.number() }),
    /** Part of all batches that the score takes to be abusive. */
    baseRate: z.number().gt(0).lt(1),
    /** Scores from here on are held, unless the operator sets another threshold. */
    holdFrom: z.number().gt(0).lt(1),
  })
  .superRefine(({ weights, steps }, context) => {
    for (const name of FEATURE_NAMES) requireEffect(context, name, weights[name].weight, ['weights', name, 'weight']);
    steps.forEach(({ feature, below, above }, index) => {
      requireEffect(context, feature, above - below, ['steps', index]);
    });
  });

/** A logistic regression on the features with steps that correct it, calibrated. */
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

/** @param rise how much more a high value of the feature adds than a low one */
function requireEffect(context: z.RefinementCtx, feature: FeatureName, rise: number, path: (string | number)[]): void {
  const { effect } = FEATURES[feature];
  if (effect === 'raises' ? rise >= 0 : rise <= 0) return;
  context.addIssue({ code: 'custom', path, message: `"${feature}" ${effect} the score, and must not do the opposite` });
}
