import type * as z from 'zod';
import type { EventBatch } from '../domain/event-batch.ts';
import type { LenderId, UserId } from '../domain/ids.ts';
import {
  type ImportProgress,
  type ImportRow,
  type LenderImport,
  outcomeOf,
  type RowOutcome,
  resumesAt,
} from '../domain/imports/lender-import.ts';
import { toPercent } from '../domain/interest-rate.ts';
import { effectiveStatus, type Lender } from '../domain/lender.ts';
import { type Loan, remaining } from '../domain/loan.ts';
import { actorOf, type LoanEvent } from '../domain/loan-events.ts';
import { type MinorUnits, toMajorUnits } from '../domain/money.ts';
import type { eventShape, importRowShape, importShape, invitationShape, lenderShape, loanShape } from './responses.ts';

/* Domain objects as JSON: major units, RFC 3339, snake_case. */

type LenderJson = z.output<typeof lenderShape>;
type LoanJson = z.output<typeof loanShape>;
type InvitationJson = z.output<typeof invitationShape>;
type ImportJson = z.output<typeof importShape>;
type ImportRowJson = z.output<typeof importRowShape>;
type EventJson = z.output<typeof eventShape>;

export function presentLoan(loan: Loan, version: number): LoanJson {
  return {
    loan_id: loan.loanId,
    ...presentTerms(loan),
    ...presentProgress(loan, version),
    created_at: presentTime(loan.createdAt),
  };
}

export function presentLender(loan: Loan, lender: Lender, now: number): LenderJson {
  return {
    lender_id: lender.lenderId,
    email: lender.email,
    ...(lender.name !== null && { name: lender.name }),
    contribution_amount: major(loan, lender.contribution),
    status: effectiveStatus(loan, lender, now),
    invited_at: presentTime(lender.invitedAt),
    expires_at: presentTime(lender.expiresAt),
  };
}

/** A lender as their own invitation, with the loan's terms and its borrower. */
export function presentInvitation(loan: Loan, lender: Lender, now: number): InvitationJson {
  return {
    loan_id: loan.loanId,
    ...presentLender(loan, lender, now),
    loan: { ...presentTerms(loan), status: loan.status, total_accepted: major(loan, loan.totalAccepted) },
    borrower: { email: loan.borrowerEmail, name: loan.borrowerName },
  };
}

export function presentImport(loan: Loan, job: Omit<LenderImport, 'requestId' | 'traceparent' | 'network'>): ImportJson {
  const { importId, loanId, state, mode, modeReason, isDryRun, rowsTotal, rowsDone, counts, amountAdded, createdAt } = job;
  const at = resumesAt(job);
  const undone = rowsTotal - Object.values(counts).reduce((sum, count) => sum + count, 0);
  const hasEnded = 'at' in state;
  const outcomes: Record<RowOutcome, number> = { ...counts, pending: hasEnded ? 0 : undone, not_added: hasEnded ? undone : 0 };
  return {
    import_id: importId,
    loan_id: loanId,
    status: state.name,
    mode,
    mode_reason: modeReason,
    dry_run: isDryRun,
    rows_total: rowsTotal,
    rows_done: rowsDone,
    outcomes,
    amount_added: major(loan, amountAdded),
    resumes_at: at === undefined ? null : presentTime(at),
    created_at: presentTime(createdAt),
    ended_at: hasEnded ? presentTime(state.at) : null,
    failure: state.name === 'failed' ? state.reason : null,
    failure_code: (state.name === 'failed' && state.code) || null,
  };
}

/** @param number of the row, from 1 @param lenderId where the row was added */
export function presentImportRow(job: LenderImport, row: ImportRow, number: number, lenderId: LenderId | undefined): ImportRowJson {
  const { line, email, amount, name, error } = row;
  return {
    row: number,
    line,
    email,
    contribution_amount: amount,
    ...(name !== undefined && { name }),
    outcome: outcomeOf(job, row),
    ...error,
    ...(lenderId && { lender_id: lenderId }),
  };
}

/** @param index of the event in its batch; part of the event id */
export function presentEvent(batch: EventBatch, index: number, event: LoanEvent, viewer: UserId): EventJson {
  const { loan, version } = batch;
  const actor = actorOf(event, batch.actor);
  const isOwn = actor === batch.actor && batch.actorId === viewer;
  return {
    event_id: `${loan.loanId}.${version}.${index}`,
    type: event.type,
    loan_id: loan.loanId,
    at: presentTime(batch.at),
    actor,
    ...(isOwn && { request_id: batch.requestId }),
    data: {
      loan: presentProgress(loan, version),
      ...(event.type === 'loan.created' && { terms: presentTerms(loan) }),
      // The written status: effectiveStatus is for the present, an event is about the past.
      ...('lender' in event && {
        lender: { ...presentLender(loan, event.lender, batch.at), status: event.lender.status },
      }),
      ...(batch.import && viewer === loan.borrowerId && { import: presentImportProgress(batch.import) }),
    },
  };
}

function major(loan: Loan, units: MinorUnits): number {
  return toMajorUnits(units, loan.currency);
}

function presentTerms(loan: Loan) {
  return {
    amount: major(loan, loan.amount),
    currency: loan.currency.code,
    interest_rate: toPercent(loan.interestRate),
    term_months: loan.termMonths,
    purpose: loan.purpose,
  };
}

function presentProgress(loan: Loan, version: number) {
  return {
    total_invited: major(loan, loan.totalInvited),
    total_accepted: major(loan, loan.totalAccepted),
    remaining: major(loan, remaining(loan)),
    lender_count: loan.lenderCount,
    status: loan.status,
    version,
  };
}

function presentImportProgress({ importId, rowsTotal, rowsDone }: ImportProgress) {
  return { import_id: importId, rows_total: rowsTotal, rows_done: rowsDone };
}

/** The last two results: the lenders of a request were invited at one time, and expire at one time. */
const presented: { readonly time: number; readonly text: string }[] = [];

export function presentTime(time: number): string {
  const known = presented.find((entry) => entry.time === time);
  if (known) return known.text;
  const text = new Date(time).toISOString();
  presented.unshift({ time, text });
  presented.length = Math.min(presented.length, 2);
  return text;
}
