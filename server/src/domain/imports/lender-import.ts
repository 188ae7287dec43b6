import type { ImportId, LoanId, NetworkId, RequestId, UserId } from '../ids.ts';
import type { MinorUnits } from '../money.ts';
import type { RowError } from './row-reason.ts';

export const IMPORT_MODES = ['all_or_nothing', 'per_row'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export const IMPORT_STATUSES = ['running', 'waiting', 'completed', 'failed'] as const;

/** Outcomes of processed rows; `would_be_added` is for dry runs. */
const FINAL_OUTCOMES = ['added', 'would_be_added', 'already_invited', 'invalid', 'over_funding'] as const;
export type FinalOutcome = (typeof FINAL_OUTCOMES)[number];

/** `pending` rows are not processed yet; `not_added` rows never will be, as the import has ended. */
export const ROW_OUTCOMES = [...FINAL_OUTCOMES, 'pending', 'not_added'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** One row of a file. Without an outcome, its address and amount are valid. */
export interface ImportRow {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
  /** In canonical form; if invalid, as in the file. */
  readonly email: string;
  /** In major units; if invalid, as in the file. */
  readonly amount: string;
  readonly name?: string;
  readonly outcome?: FinalOutcome;
  readonly error?: RowError;
}

/** Rows of an import, in the order of the file. */
export interface ImportPart {
  readonly rows: readonly ImportRow[];
}

/** `LOAN_NOT_OPEN` and `ROWS_NOT_ADDABLE` are final; after `INTERNAL_ERROR` an operator can resume the import. */
export const IMPORT_FAILURE_CODES = ['INTERNAL_ERROR', 'LOAN_NOT_OPEN', 'ROWS_NOT_ADDABLE'] as const;
export type ImportFailureCode = (typeof IMPORT_FAILURE_CODES)[number];

/** The next attempt at a step that has failed unexpectedly. Times are epoch milliseconds. */
export interface StepRetry {
  /** Failures of this step so far. */
  readonly failures: number;
  readonly at: number;
}

/** Times are epoch milliseconds. */
export type ImportState =
  | { readonly name: 'running'; readonly retry?: StepRetry }
  /** For the hourly limit of invitations. */
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'completed'; readonly at: number }
  /** `code` is missing where an earlier version stored it. */
  | { readonly name: 'failed'; readonly at: number; readonly reason: string; readonly code?: ImportFailureCode };

export type OutcomeCounts = Readonly<Record<FinalOutcome, number>>;

/** The import of a file of lenders into a loan. */
export interface LenderImport {
  readonly importId: ImportId;
  readonly loanId: LoanId;
  readonly borrowerId: UserId;
  readonly mode: ImportMode;
  /** Why this mode was chosen, as a sentence. */
  readonly modeReason: string;
  /** Determines outcomes, but invites nobody. */
  readonly isDryRun: boolean;
  readonly rowsTotal: number;
  /** Processed rows, from the first. */
  readonly rowsDone: number;
  readonly counts: OutcomeCounts;
  /** Contributions of the lenders that were added, or would be. */
  readonly amountAdded: MinorUnits;
  readonly state: ImportState;
  readonly createdAt: number;
  /** The request that uploaded the file, and its W3C trace context. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** As in the event batches of its steps. */
  readonly network?: NetworkId;
}

/** The state of an import after a commit that changed the loan. */
export type ImportProgress = Pick<LenderImport, 'importId' | 'rowsTotal' | 'rowsDone'>;

/** Rows of one part: two commits' worth, so that one commit can store the largest file. */
export const PART_ROWS = 180;
/** Rows that one commit can add, along with its other items. */
export const ROWS_PER_COMMIT = 90;

export type EndedImport = LenderImport & { readonly state: { readonly name: 'completed' | 'failed'; readonly at: number } };

export function hasEnded(job: LenderImport): job is EndedImport {
  return job.state.name === 'completed' || job.state.name === 'failed';
}

/**
 * When a worker has to continue the import. Undefined once it has ended.
 * @param takeOverAt when another worker may take over a running import
 */
export function importDueAt({ state }: LenderImport, takeOverAt: number): number | undefined {
  if (state.name === 'running') return state.retry?.at ?? takeOverAt;
  return state.name === 'waiting' ? state.until : undefined;
}

/** When the next step may run, where that is known. Epoch milliseconds. */
export function resumesAt({ state }: Pick<LenderImport, 'state'>): number | undefined {
  if (state.name === 'waiting') return state.until;
  return state.name === 'running' ? state.retry?.at : undefined;
}

/** Whether the next step may follow at once. */
export function canContinue({ state }: LenderImport): boolean {
  return state.name === 'running' && !state.retry;
}

export function outcomeOf(job: LenderImport, { outcome }: ImportRow): RowOutcome {
  return outcome ?? (hasEnded(job) ? 'not_added' : 'pending');
}

export function countsOf(rows: readonly ImportRow[]): OutcomeCounts {
  const counts = { added: 0, would_be_added: 0, already_invited: 0, invalid: 0, over_funding: 0 };
  for (const { outcome } of rows) if (outcome) counts[outcome] += 1;
  return counts;
}
