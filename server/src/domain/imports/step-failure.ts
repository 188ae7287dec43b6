import { type BackoffLimits, jitteredBackoffMs } from '../limits/backoff.ts';
import type { LenderImport } from './lender-import.ts';

/**
 * Attempts at one step, after which the import fails. With their backoff they take about a day: 14 to 28 hours.
 * @internal exported for tests
 */
export const STEP_FAILURES_MAX = 40;

const RETRY: BackoffLimits = { minMs: 1000, maxMs: 3_600_000 };

/** Schedules the next attempt at a step that failed unexpectedly. After the last one, fails the import. */
export function retryOrFail(job: LenderImport, now: number, random: () => number): LenderImport {
  const failures = (job.state.name === 'running' ? (job.state.retry?.failures ?? 0) : 0) + 1;
  if (failures < STEP_FAILURES_MAX)
    return { ...job, state: { name: 'running', retry: { failures, at: now + jitteredBackoffMs(failures, RETRY, random) } } };
  const rows = `${job.rowsDone} of ${job.rowsTotal} rows were processed; the others can still be processed when it is resumed`;
  const reason = `An unexpected error ended this import: ${rows}. Please contact support with request id ${job.requestId}.`;
  return { ...job, state: { name: 'failed', at: now, reason, code: 'INTERNAL_ERROR' } };
}
