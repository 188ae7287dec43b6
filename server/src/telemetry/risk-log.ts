import type { EventBatch } from '../domain/event-batch.ts';
import type { HoldReason } from '../domain/risk/risk-hold.ts';
import type { Log } from './log.ts';
import type { Metrics, RiskCount } from './metrics.ts';
import { traceIdOf } from './trace.ts';

/** What became of the invitations of a batch. */
export interface RiskAssessment {
  readonly batch: EventBatch;
  readonly mode: 'enforce' | 'shadow';
  readonly outcome: RiskCount['outcome'];
  readonly invitations: number;
  /** Undefined where the score could not be had. */
  readonly scored?: {
    readonly score: number;
    readonly threshold: number;
    readonly reasons: readonly HoldReason[];
    readonly features: Readonly<Record<string, number>>;
    readonly modelVersion: string;
  };
  /** Why it could not be had. */
  readonly error?: unknown;
}

/** More digits say no more. */
const DIGITS = 6;

/** One line for each batch with invitations, with what it was judged by: ids and numbers only. */
export function logRiskAssessments(log: Log, metrics: Metrics): (assessment: RiskAssessment) => void {
  return ({ batch, mode, outcome, invitations, scored, error: err }) => {
    const { loan, version, requestId, traceparent } = batch;
    const line = {
      loan_id: loan.loanId,
      version,
      mode,
      outcome,
      invitations,
      request_id: requestId,
      trace_id: traceIdOf(traceparent),
      ...metrics.batchScored({ outcome, score: scored?.score ?? null }),
    };
    if (!scored) return log.error({ ...line, err }, 'invitations could not be scored');
    const { score, threshold, reasons, features, modelVersion } = scored;
    const values = Object.fromEntries(Object.entries(features).map(([name, value]) => [name, Number(value.toPrecision(DIGITS))]));
    log.info({ ...line, score, threshold, reasons, features: values, model_version: modelVersion }, 'invitations scored');
  };
}
