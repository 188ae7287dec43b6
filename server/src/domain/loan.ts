import type { Currency } from '@private-lending/locale/currencies';
import type { Email } from './email.ts';
import { conflict } from './errors.ts';
import type { LoanId, UserId } from './ids.ts';
import type { MilliPercent } from './interest-rate.ts';
import type { Lender } from './lender.ts';
import type { LoanEvent } from './loan-events.ts';
import { type MinorUnits, subtract, ZERO } from './money.ts';

export const LOAN_STATUSES = ['open', 'funded', 'cancelled'] as const;
type LoanStatus = (typeof LOAN_STATUSES)[number];

/** A borrower's loan with its totals. Times are epoch milliseconds. */
export interface Loan {
  readonly loanId: LoanId;
  readonly borrowerId: UserId;
  readonly borrowerEmail: Email;
  readonly borrowerName: string | null;
  readonly amount: MinorUnits;
  readonly currency: Currency;
  readonly interestRate: MilliPercent;
  readonly termMonths: number;
  readonly purpose: string | null;
  /** Contributions of pending and accepted lenders. Includes expired invitations until their expiry is written. */
  readonly totalInvited: MinorUnits;
  readonly totalAccepted: MinorUnits;
  /** Lenders counted in `totalInvited`. */
  readonly lenderCount: number;
  /** Lenders counted in `totalAccepted`. */
  readonly acceptedCount: number;
  readonly status: LoanStatus;
  readonly createdAt: number;
  /** Time of its latest event; of a loan that has ended, of its end. Missing where an older version wrote that event. */
  readonly changedAt?: number;
  /** Earliest expiry of an invitation that is not written yet; null for none. May be too early, never too late. */
  readonly nextExpiry: number | null;
}

/** The result of a rule: the loan and the changed lenders afterwards, and the events of the change. */
export interface LoanChange {
  readonly loan: Loan;
  readonly lenders: readonly Lender[];
  readonly events: readonly LoanEvent[];
}

export function remaining(loan: Loan): MinorUnits {
  return subtract(loan.amount, loan.totalInvited);
}

/** @throws DomainError `CONFLICT` */
export function requireOpen(loan: Loan): void {
  if (loan.status !== 'open') throw conflict(`This loan is ${loan.status}. Only an open loan can be changed.`);
}

/**
 * Funds the loan at the accepted total and ends its pending invitations. The event is `loan.closed`; `loan.funded` is
 * only for a loan whose whole amount was accepted.
 * @returns undefined where the loan is already funded
 */
export function close(loan: Loan): LoanChange | undefined {
  if (loan.status === 'funded') return undefined;
  requireOpen(loan);
  const { totalAccepted, acceptedCount } = loan;
  if (acceptedCount === 0)
    throw conflict('Nobody has accepted yet, so there is nothing to fund this loan with. It can be cancelled.');
  const closed: Loan = { ...loan, status: 'funded', totalInvited: totalAccepted, lenderCount: acceptedCount };
  return { loan: closed, lenders: [], events: [{ type: 'loan.closed' }] };
}

/** Ends the loan and all its invitations. @returns undefined where the loan is already cancelled */
export function cancel(loan: Loan): LoanChange | undefined {
  if (loan.status === 'cancelled') return undefined;
  requireOpen(loan);
  const noTotals = { totalInvited: ZERO, totalAccepted: ZERO, lenderCount: 0, acceptedCount: 0 };
  return { loan: { ...loan, ...noTotals, status: 'cancelled' }, lenders: [], events: [{ type: 'loan.cancelled' }] };
}
