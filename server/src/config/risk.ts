import * as z from 'zod';
import { readModelFile } from '../risk/assessment/model-file.ts';
import type { RiskModel } from '../risk/model/risk-model.ts';

/* The part of `config.ts` that judges invitations. */

export interface RiskConfig {
  /** `shadow`: invitations are scored, and their mail leaves. `enforce`: mail about those with high scores waits for an operator. */
  readonly mode: 'enforce' | 'off' | 'shadow';
  /** Scores from here on are high. Undefined: the model's own. */
  readonly threshold: number | undefined;
  /** Undefined: the model of the program. */
  readonly modelFile: { readonly path: string; readonly model: RiskModel } | undefined;
  /** What becomes of mail about invitations that can't be scored, where scores are enforced. */
  readonly onFailure: 'hold' | 'send';
}

const THRESHOLD_RULE = 'must be a number above 0 and at most 1, such as 0.2';

export const riskSettings = {
  RISK: z.enum(['off', 'shadow', 'enforce'], { error: 'must be off, shadow or enforce' }).default('shadow'),
  RISK_THRESHOLD: z
    .string()
    .regex(/^(?:0?\.\d{1,12}|1(?:\.0+)?)$/, { error: THRESHOLD_RULE, abort: true })
    .transform(Number)
    .refine((threshold) => threshold > 0, { error: THRESHOLD_RULE })
    .optional(),
  RISK_MODEL: z.string().transform(readModel).optional(),
  RISK_ON_FAILURE: z.enum(['send', 'hold'], { error: 'must be send or hold' }).default('send'),
};

export function riskConfig(values: z.output<z.ZodObject<typeof riskSettings>>): RiskConfig {
  const { RISK: mode, RISK_THRESHOLD: threshold, RISK_MODEL: modelFile, RISK_ON_FAILURE: onFailure } = values;
  return { mode, threshold, modelFile, onFailure };
}

function readModel(path: string, context: z.RefinementCtx): { path: string; model: RiskModel } {
  try {
    return { path, model: readModelFile(path) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `must be the path of a risk model: ${message}` });
    return z.NEVER;
  }
}
