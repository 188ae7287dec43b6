import { parseEmail } from '../email.ts';
import { DomainError, type FieldErrorCode } from '../errors.ts';
import type { LenderId } from '../ids.ts';
import { type InvitationPeriod, type InvitationRequest, invite } from '../invitation.ts';
import type { Lender } from '../lender.ts';
import type { Loan, LoanChange } from '../loan.ts';
import { add, parseAmount } from '../money.ts';
import { countsOf, type FinalOutcome, type ImportRow, type ImportState, type LenderImport } from './lender-import.ts';

/** What the next rows of an import are decided on. */
export interface StepContext {
  readonly loan: Loan;
  /** Existing lenders of the rows, in any status. */
  readonly lendersById: ReadonlyMap<LenderId, Lender>;
  /** Lender ids by address, of all rows without an outcome. */
  readonly lenderIds: ReadonlyMap<string, LenderId>;
  readonly period: InvitationPeriod;
  /** Invitations that the borrower may still send in this hour. */
  readonly invitationsLeft: number;
  /** When the borrower may send more. Epoch milliseconds. */
  readonly hourEnd: number;
}

/** The import after its next step, and what to write of its rows and the loan. */
export interface ImportStep {
  readonly job: LenderImport;
  readonly rows: readonly ImportRow[];
  readonly change: LoanChange | undefined;
}

interface RowResults {
  /** The processed rows. Fewer than given where the hourly limit is reached. */
  readonly rows: readonly ImportRow[];
  readonly change: LoanChange;
}

/**
 * Processes the next rows of an import that has not ended.
 * @param rows the next ones, at most `ROWS_PER_COMMIT`; with `all_or_nothing` all of them
 */
export function planImportStep(job: LenderImport, rows: readonly ImportRow[], context: StepContext): ImportStep {
  const { loan, period, hourEnd } = context;
  const now = period.invitedAt;
  const waiting: ImportState = { name: 'waiting', until: hourEnd };
  if (loan.status !== 'open') {
    const reason = `The loan is ${loan.status}, so no more lenders can be added.`;
    return { job: { ...job, state: { name: 'failed', at: now, reason, code: 'LOAN_NOT_OPEN' } }, rows: [], change: undefined };
  }
  const results = job.isDryRun ? dryRun(job, rows, context) : inviteRows(rows, context);
  const isAtLimit = results.rows.length < rows.length;
  if (job.mode === 'all_or_nothing') {
    if (results.rows.some(({ error }) => error)) return failAll(job, results.rows, now);
    if (isAtLimit) return { job: { ...job, state: waiting }, rows: [], change: undefined };
  }
  const advanced = advance(job, rows, results);
  const isCompleted = advanced.rowsDone === advanced.rowsTotal;
  const state: ImportState = isCompleted ? { name: 'completed', at: now } : isAtLimit ? waiting : { name: 'running' };
  const isChanged = !job.isDryRun && results.change.lenders.length > 0;
  return { job: { ...advanced, state }, rows: results.rows, change: isChanged ? results.change : undefined };
}

/** Processes rows in order, each on what the rows before it have left of the loan. */
function inviteRows(rows: readonly ImportRow[], context: StepContext): RowResults {
  const existing = new Map(context.lendersById);
  const done: ImportRow[] = [];
  let change: LoanChange = { loan: context.loan, lenders: [], events: [] };
  for (const row of rows) {
    const result = row.outcome ? row : inviteRow(row, existing, { ...context, loan: change.loan });
    if ('line' in result) {
      done.push(result);
      continue;
    }
    if (change.lenders.length >= context.invitationsLeft) break;
    const { loan, lenders, events } = result;
    for (const lender of lenders) existing.set(lender.lenderId, lender);
    change = { loan, lenders: [...change.lenders, ...lenders], events: [...change.events, ...events] };
    done.push({ ...row, outcome: 'added' });
  }
  return { rows: done, change };
}

/** @returns the change that adds the lender, or the row with its error */
function inviteRow(row: ImportRow, existing: ReadonlyMap<LenderId, Lender>, context: StepContext): LoanChange | ImportRow {
  try {
    return invite(context.loan, existing, [requestOf(row, context)], context.period);
  } catch (thrown) {
    const [error] = thrown instanceof DomainError ? thrown.details : [];
    if (!error) throw thrown;
    const { code, message } = error;
    return { ...row, outcome: outcomeOfError(code), error: { code, message } };
  }
}

function requestOf({ email: address, amount: text, name }: ImportRow, { lenderIds }: StepContext): InvitationRequest {
  const [lenderId, email, amount] = [lenderIds.get(address), parseEmail(address), parseAmount(text)];
  if (!lenderId || !email || !amount) throw new TypeError('an invalid row has no outcome');
  return { path: 'row', lenderId, email, name: name ?? null, amount };
}

function outcomeOfError(code: FieldErrorCode): FinalOutcome {
  if (code === 'DUPLICATE_LENDER') return 'already_invited';
  return code === 'OVER_FUNDING' ? 'over_funding' : 'invalid';
}

/** Without the hourly limit, on the loan less what earlier steps would have added. */
function dryRun(job: LenderImport, rows: readonly ImportRow[], context: StepContext): RowResults {
  const { loan } = context;
  const total = add(loan.totalInvited, job.amountAdded);
  const totalInvited = total > loan.amount ? loan.amount : total; // others may have been invited since the last step
  const results = inviteRows(rows, { ...context, loan: { ...loan, totalInvited }, invitationsLeft: Number.POSITIVE_INFINITY });
  const wouldBe = (row: ImportRow): ImportRow => (row.outcome === 'added' ? { ...row, outcome: 'would_be_added' } : row);
  return { ...results, rows: results.rows.map(wouldBe) };
}

/** With `all_or_nothing`, one row with an error fails the import. Only such rows get an outcome. */
function failAll(job: LenderImport, processed: readonly ImportRow[], now: number): ImportStep {
  const rows = processed.map(({ outcome, ...row }): ImportRow => (outcome && row.error ? { ...row, outcome } : row));
  const errors = rows.filter(({ outcome }) => outcome).length;
  const reason = `${errors} of ${job.rowsTotal} rows cannot be added, and the mode is all_or_nothing.`;
  const failed = { ...job, state: { name: 'failed', at: now, reason, code: 'ROWS_NOT_ADDABLE' } as const };
  return { job: { ...failed, counts: countsOf(rows), rowsDone: job.rowsTotal }, rows, change: undefined };
}

/** @param before the rows before this step: those with an outcome are counted already */
function advance(job: LenderImport, before: readonly ImportRow[], { rows, change }: RowResults): LenderImport {
  const counts = { ...job.counts };
  for (const [index, { outcome }] of rows.entries()) if (outcome && !before[index]?.outcome) counts[outcome] += 1;
  const amountAdded = change.lenders.reduce((sum, { contribution }) => add(sum, contribution), job.amountAdded);
  return { ...job, counts, rowsDone: job.rowsDone + rows.length, amountAdded };
}
