import type { Currency } from './currencies.ts';
import type { Email } from './email.ts';
import { conflict, type FieldError, throwIfInvalid } from './errors.ts';
import type { LenderId, LoanId, UserId } from './ids.ts';
import type { MilliPercent } from './interest-rate.ts';
import { effectiveStatus, type Lender } from './lender.ts';
import type { LoanEvent } from './loan-events.ts';
import {
  add,
  type DecimalAmount,
  exceeds,
  formatAmount,
  formatMoney,
  MINOR_UNITS_MAX,
  type MinorUnits,
  subtract,
  sumAmounts,
  toMinorUnits,
  ZERO,
} from './money.ts';

export const LOAN_STATUSES = ['open', 'funded', 'cancelled'] as const;
type LoanStatus = (typeof LOAN_STATUSES)[number];

/** What a borrower seeks, and how far it is met. Times are epoch milliseconds. */
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
  /** Contributions of pending and accepted lenders, as far as they are written. */
  readonly totalInvited: MinorUnits;
  readonly totalAccepted: MinorUnits;
  readonly lenderCount: number;
  /** Of them, who have accepted. */
  readonly acceptedCount: number;
  readonly status: LoanStatus;
  readonly createdAt: number;
  /** Before this no invitation expires that has not been seen to; null where none will. It may be early, never late. */
  readonly nextExpiry: number | null;
}

/** What a loan's rules make of a change: the loan and the participants as they then stand, and what happened. */
export interface LoanChange {
  readonly loan: Loan;
  readonly lenders: readonly Lender[];
  readonly events: readonly LoanEvent[];
}

/** One invitation as asked for; `path` says where in the request it stands. */
export interface InvitationRequest {
  readonly path: string;
  readonly lenderId: LenderId;
  readonly email: Email;
  readonly name: string | null;
  readonly amount: DecimalAmount;
}

/** From when to when an invitation stands. */
export interface InvitationPeriod {
  readonly invitedAt: number;
  readonly expiresAt: number;
}

export function remaining(loan: Loan): MinorUnits {
  return subtract(loan.amount, loan.totalInvited);
}

export function requireOpen(loan: Loan): void {
  if (loan.status !== 'open') throw conflict(`This loan is ${loan.status}. Only an open loan can be changed.`);
}

/**
 * Invites all, or refuses with every reason.
 * @param standing the participants that already bear an invitation's id, whatever became of them
 */
export function invite(
  loan: Loan,
  standing: ReadonlyMap<LenderId, Lender>,
  invitations: readonly InvitationRequest[],
  term: InvitationPeriod,
): LoanChange {
  const { invitedAt: now } = term;
  const problems: FieldError[] = [];
  const events: LoanEvent[] = [];
  const lenders: Lender[] = [];
  let ready = loan;
  for (const { path, lenderId, email, name, amount } of invitations) {
    const before = standing.get(lenderId);
    if (before && isLive(loan, before, now)) problems.push(alreadyInvited(before.email, `${path}.email`));
    const contribution = toMinorUnits(amount, loan.currency);
    if (contribution === undefined) problems.push(amountError(amount, loan.currency, `${path}.contribution_amount`));
    if (before?.status === 'pending' && effectiveStatus(loan, before, now) === 'expired') {
      ready = released(ready, before);
      events.push({ type: 'lender.expired', lender: { ...before, status: 'expired' } });
    }
    const lender: Lender = {
      ...{ loanId: loan.loanId, lenderId, email, name, ...term },
      contribution: contribution ?? ZERO,
      status: 'pending',
      round: (before?.round ?? 0) + 1,
      userId: before?.userId ?? null, // whoever has answered once owns the row for good
    };
    lenders.push(lender);
    events.push({ type: 'lender.invited', lender });
  }
  const requested = sumAmounts(invitations.map((invitation) => invitation.amount));
  throwIfInvalid([...problems, ...overFunding(ready, requested, 'lenders')]);
  const nextExpiry = lenders.length > 0 ? Math.min(loan.nextExpiry ?? term.expiresAt, term.expiresAt) : loan.nextExpiry;
  return { loan: { ...lenders.reduce(claimed, ready), nextExpiry }, lenders, events };
}

/** Whether invitations of an open loan have expired, or may have, that still count as invited. */
export function mayHaveExpired(loan: Loan, now: number): boolean {
  return loan.status === 'open' && loan.nextExpiry !== null && loan.nextExpiry <= now;
}

/**
 * Frees the amounts of those whose time is over.
 * @param lenders whoever may be
 * @param nextExpiry of the invitations besides these
 * @returns undefined where nothing changes by it
 */
export function expire(loan: Loan, lenders: readonly Lender[], nextExpiry: number | null, now: number): LoanChange | undefined {
  const expired = lenders
    .filter((lender) => lender.status === 'pending' && effectiveStatus(loan, lender, now) === 'expired')
    .map((lender): Lender => ({ ...lender, status: 'expired' }));
  if (expired.length === 0) return undefined;
  const events = expired.map((lender): LoanEvent => ({ type: 'lender.expired', lender }));
  return { loan: { ...expired.reduce(released, loan), nextExpiry }, lenders: expired, events };
}

/** Gives a pending lender another amount. @returns undefined where it is the amount they have */
export function changeContribution(loan: Loan, lender: Lender, amount: DecimalAmount, now: number): LoanChange | undefined {
  requireOpen(loan);
  const status = effectiveStatus(loan, lender, now);
  if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be changed.`);
  const contribution = toMinorUnits(amount, loan.currency);
  const freed = released(loan, lender);
  const path = 'contribution_amount';
  throwIfInvalid([
    ...(contribution === undefined ? [amountError(amount, loan.currency, path)] : []),
    ...overFunding(freed, amount, path),
  ]);
  if (contribution === undefined || contribution === lender.contribution) return undefined;
  const changed: Lender = { ...lender, contribution };
  return { loan: claimed(freed, changed), lenders: [changed], events: [{ type: 'lender.changed', lender: changed }] };
}

/** Takes a pending invitation back and frees its amount. @returns undefined where that is already so */
export function revoke(loan: Loan, lender: Lender, now: number): LoanChange | undefined {
  const status = effectiveStatus(loan, lender, now);
  if (status === 'revoked') return undefined;
  if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be revoked.`);
  const revoked: Lender = { ...lender, status: 'revoked' };
  return { loan: released(loan, lender), lenders: [revoked], events: [{ type: 'lender.revoked', lender: revoked }] };
}

/**
 * The lender says yes, and the row is theirs from then on. Whoever accepts what was still missing funds the loan.
 * @returns undefined where they have said so already
 */
export function accept(loan: Loan, lender: Lender, userId: UserId, now: number): LoanChange | undefined {
  const status = effectiveStatus(loan, lender, now);
  if (status === 'accepted') return undefined;
  if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be accepted.`);
  const accepted: Lender = { ...lender, status: 'accepted', userId };
  const totalAccepted = add(loan.totalAccepted, lender.contribution);
  const isFunded = totalAccepted === loan.amount;
  return {
    loan: { ...loan, totalAccepted, acceptedCount: loan.acceptedCount + 1, status: isFunded ? 'funded' : 'open' },
    lenders: [accepted],
    events: [{ type: 'lender.accepted', lender: accepted }, ...(isFunded ? [{ type: 'loan.funded' } as const] : [])],
  };
}

/** The lender says no, and the row is theirs from then on; also who has accepted may, as long as the loan is open. */
export function decline(loan: Loan, lender: Lender, userId: UserId, now: number): LoanChange | undefined {
  const status = effectiveStatus(loan, lender, now);
  if (status === 'declined') return undefined;
  if (status === 'accepted') requireOpen(loan);
  else if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending or accepted one can be declined.`);
  const declined: Lender = { ...lender, status: 'declined', userId };
  return {
    loan: released(status === 'accepted' ? withdrawn(loan, lender) : loan, lender),
    lenders: [declined],
    events: [{ type: 'lender.declined', lender: declined }],
  };
}

/** The lender says no by the mail of one of their invitations, without an account: as long as nobody has answered with one. */
export function declineByMail(loan: Loan, lender: Lender, round: number, now: number): LoanChange | undefined {
  if (lender.round !== round) throw conflict('You have been invited anew since this e-mail. Use the link in the newest one.');
  const status = effectiveStatus(loan, lender, now);
  if (status === 'declined') return undefined;
  if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a pending one can be declined by e-mail.`);
  if (lender.userId !== null) throw conflict('This invitation belongs to an account. Sign in with it to decline.');
  const declined: Lender = { ...lender, status: 'declined' };
  return {
    loan: released(loan, lender),
    lenders: [declined],
    events: [{ type: 'lender.declined', lender: declined }],
  };
}

/**
 * Takes what was accepted for enough: the loan is funded by it, and the pending invitations end. Its event is
 * `loan.closed`; `loan.funded` is told of a loan whose whole amount was accepted.
 * @returns undefined where the loan is funded already
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

/** Ends the loan and every invitation with it. @returns undefined where that is already so */
export function cancel(loan: Loan): LoanChange | undefined {
  if (loan.status === 'cancelled') return undefined;
  requireOpen(loan);
  const nothing = { totalInvited: ZERO, totalAccepted: ZERO, lenderCount: 0, acceptedCount: 0 };
  const cancelled: Loan = { ...loan, ...nothing, status: 'cancelled' };
  return { loan: cancelled, lenders: [], events: [{ type: 'loan.cancelled' }] };
}

function isLive(loan: Loan, participant: Lender, now: number): boolean {
  const status = effectiveStatus(loan, participant, now);
  return status === 'pending' || status === 'accepted';
}

function claimed(loan: Loan, lender: Lender): Loan {
  return { ...loan, totalInvited: add(loan.totalInvited, lender.contribution), lenderCount: loan.lenderCount + 1 };
}

function released(loan: Loan, lender: Lender): Loan {
  return { ...loan, totalInvited: subtract(loan.totalInvited, lender.contribution), lenderCount: loan.lenderCount - 1 };
}

/** Without what the lender has accepted; still with their invitation. */
function withdrawn(loan: Loan, lender: Lender): Loan {
  return {
    ...loan,
    totalAccepted: subtract(loan.totalAccepted, lender.contribution),
    acceptedCount: loan.acceptedCount - 1,
  };
}

function alreadyInvited(email: Email, path: string): FieldError {
  return { path, code: 'DUPLICATE_LENDER', message: `${email} has already been invited to this loan` };
}

/** What is wrong with an amount that `toMinorUnits` refused. */
export function amountError(amount: DecimalAmount, currency: Currency, path: string): FieldError {
  const { code, decimals } = currency;
  const reason =
    amount.decimals > decimals
      ? `has more decimals than ${code} allows: ${decimals}`
      : `is too much: at most ${formatMoney(MINOR_UNITS_MAX, currency)}`;
  return { path, code: 'INVALID', message: `${formatAmount(amount, currency)} ${reason}.` };
}

function overFunding(loan: Loan, requested: DecimalAmount, path: string): FieldError[] {
  const { amount, totalInvited, currency } = loan;
  const room = remaining(loan);
  if (!exceeds(requested, room, currency)) return [];
  const message =
    `This would over-fund the loan: amount ${formatMoney(amount, currency)}, invited ${formatMoney(totalInvited, currency)}, ` +
    `requested ${formatAmount(requested, currency)}, remaining ${formatMoney(room, currency)}. Please lower the contributions.`;
  return [{ path, code: 'OVER_FUNDING', message }];
}
