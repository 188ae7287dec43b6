import type { Currency } from '@private-lending/locale/currencies';
import type { Email } from './email.ts';
import { conflict, type FieldError, throwIfInvalid } from './errors.ts';
import type { Identity } from './identity.ts';
import type { LenderId } from './ids.ts';
import { effectiveStatus, type Lender, type LenderStatus } from './lender.ts';
import { type Loan, type LoanChange, remaining, requireOpen } from './loan.ts';
import type { LoanEvent } from './loan-events.ts';
import {
  add,
  type DecimalAmount,
  formatAmount,
  formatMoney,
  MINOR_UNITS_MAX,
  subtract,
  sumAmounts,
  toMinorUnits,
  ZERO,
} from './money.ts';
import { overFundingErrors } from './over-funding.ts';

/** One invitation to send. */
export interface InvitationRequest {
  /** Path of the lender in the request, for error messages: `lenders[1]`. */
  readonly path: string;
  readonly lenderId: LenderId;
  readonly email: Email;
  readonly name: string | null;
  readonly amount: DecimalAmount;
}

/** The user who answers an invitation. */
export type Respondent = Pick<Identity, 'userId' | 'name'>;

/** When an invitation is valid. Epoch milliseconds. */
export interface InvitationPeriod {
  readonly invitedAt: number;
  readonly expiresAt: number;
}

/**
 * Invites all lenders or none.
 * @param existing lenders of the loan by id, in any status, as far as `invitations` name them
 * @throws DomainError with every violation, over-funding last
 */
export function invite(
  loan: Loan,
  existing: ReadonlyMap<LenderId, Lender>,
  invitations: readonly InvitationRequest[],
  period: InvitationPeriod,
): LoanChange {
  const { invitedAt: now, expiresAt } = period;
  const errors: FieldError[] = [];
  const events: LoanEvent[] = [];
  const lenders: Lender[] = [];
  let released = loan;
  for (const { path, lenderId, email, name, amount } of invitations) {
    const previous = existing.get(lenderId);
    const status = previous && effectiveStatus(loan, previous, now);
    if (status === 'pending' || status === 'accepted') errors.push(duplicateLender(email, `${path}.email`));
    const contribution = toMinorUnits(amount, loan.currency);
    if (contribution === undefined) errors.push(amountError(amount, loan.currency, `${path}.contribution_amount`));
    if (previous?.status === 'pending' && status === 'expired') {
      released = release(released, previous);
      events.push({ type: 'lender.expired', lender: { ...previous, status } });
    }
    const lender: Lender = {
      loanId: loan.loanId,
      lenderId,
      email,
      name,
      contribution: contribution ?? ZERO,
      status: 'pending',
      round: (previous?.round ?? 0) + 1,
      ...period,
      userId: previous?.userId ?? null, // a claimed invitation stays its user's in later rounds
    };
    lenders.push(lender);
    events.push({ type: 'lender.invited', lender });
  }
  const requested = sumAmounts(invitations.map((invitation) => invitation.amount));
  throwIfInvalid([...errors, ...overFundingErrors(released, requested, 'lenders')]);
  const nextExpiry = lenders.length > 0 ? Math.min(loan.nextExpiry ?? expiresAt, expiresAt) : loan.nextExpiry;
  return { loan: { ...lenders.reduce(reserve, released), nextExpiry }, lenders, events };
}

/** Whether an open loan may have expired invitations whose expiry is not written yet. */
export function mayHaveExpired(loan: Loan, now: number): boolean {
  return loan.status === 'open' && loan.nextExpiry !== null && loan.nextExpiry <= now;
}

/**
 * Writes the expiry of those `lenders` whose invitation has expired, and frees their amounts, in an open loan.
 * @param nextExpiry of the loan's other invitations
 * @returns undefined where none has expired
 */
export function expire(loan: Loan, lenders: readonly Lender[], nextExpiry: number | null, now: number): LoanChange | undefined {
  if (loan.status !== 'open') return undefined; // its end has freed the amounts
  const expired = lenders
    .filter((lender) => lender.status === 'pending' && effectiveStatus(loan, lender, now) === 'expired')
    .map((lender): Lender => ({ ...lender, status: 'expired' }));
  if (expired.length === 0) return undefined;
  const events = expired.map((lender): LoanEvent => ({ type: 'lender.expired', lender }));
  return { loan: { ...expired.reduce(release, loan), nextExpiry }, lenders: expired, events };
}

/** Changes the amount of a pending invitation. @returns undefined where the amount is already the same */
export function changeContribution(loan: Loan, lender: Lender, amount: DecimalAmount, now: number): LoanChange | undefined {
  requireOpen(loan);
  requirePending(effectiveStatus(loan, lender, now), 'changed');
  const contribution = toMinorUnits(amount, loan.currency);
  const others = release(loan, lender);
  const path = 'contribution_amount';
  throwIfInvalid([
    ...(contribution === undefined ? [amountError(amount, loan.currency, path)] : []),
    ...overFundingErrors(others, amount, path),
  ]);
  if (contribution === undefined || contribution === lender.contribution) return undefined;
  const changed: Lender = { ...lender, contribution };
  return { loan: reserve(others, changed), lenders: [changed], events: [{ type: 'lender.changed', lender: changed }] };
}

/**
 * Withdraws a pending invitation and frees its amount.
 * @param version of the loan after the revocation
 * @returns undefined where it is already revoked
 */
export function revoke(loan: Loan, lender: Lender, version: number, now: number): LoanChange | undefined {
  const status = effectiveStatus(loan, lender, now);
  if (status === 'revoked') return undefined;
  requirePending(status, 'revoked');
  const after = release(loan, lender);
  const { totalInvited, totalAccepted, lenderCount, acceptedCount } = after;
  const loanAtRevocation = { version, totalInvited, totalAccepted, lenderCount, acceptedCount };
  const revoked: Lender = { ...lender, status: 'revoked', ...(lender.userId === null && { loanAtRevocation }) };
  return { loan: after, lenders: [revoked], events: [{ type: 'lender.revoked', lender: revoked }] };
}

/**
 * Accepts an invitation, which the user claims by it. The acceptance that completes the amount funds the loan. It undoes a
 * decline by link, if the amount is still free. A lender whom the borrower gave no name gets their own.
 * @param seen the amount that the lender agrees to. Default: whatever it is now
 * @returns undefined where it is already accepted
 * @throws DomainError `CONFLICT` where the amount is no longer what the lender has seen
 */
export function accept(
  before: Loan,
  invited: Lender,
  { userId, name }: Respondent,
  now: number,
  seen?: DecimalAmount,
): LoanChange | undefined {
  const status = effectiveStatus(before, invited, now);
  if (status === 'accepted') return undefined;
  const undoesDecline = before.status === 'open' && isDeclineUndoable(invited) && invited.expiresAt > now;
  if (!undoesDecline) requirePending(status, 'accepted');
  if (seen) requireUnchanged(invited, seen, before.currency);
  const { declinedByLink: _, ...lender } = invited;
  const loan = undoesDecline ? reserve(requireRoom(before, lender), lender) : before;
  const accepted: Lender = { ...lender, status: 'accepted', userId, name: lender.name ?? name };
  const totalAccepted = add(loan.totalAccepted, lender.contribution);
  const isFunded = totalAccepted === loan.amount;
  return {
    loan: { ...loan, totalAccepted, acceptedCount: loan.acceptedCount + 1, status: isFunded ? 'funded' : 'open' },
    lenders: [accepted],
    events: [{ type: 'lender.accepted', lender: accepted }, ...(isFunded ? [{ type: 'loan.funded' } as const] : [])],
  };
}

/**
 * Declines a pending invitation, or an accepted one while the loan is open. The user claims it by that, and by confirming a
 * decline by link, which is final then.
 * @returns undefined where it is already declined
 */
export function decline(loan: Loan, lender: Lender, { userId }: Respondent, now: number): LoanChange | undefined {
  const status = effectiveStatus(loan, lender, now);
  if (isDeclineUndoable(lender) && loan.status === 'open')
    return confirmedDecline(loan, { ...lender, userId, declinedByLink: true });
  if (status === 'declined') return undefined;
  if (status === 'accepted') requireOpen(loan);
  else requirePending(status, 'declined', 'pending or accepted');
  if (status === 'accepted') return declined(withoutAcceptance(loan, lender), { ...lender, userId, withdrawn: true });
  return declined(loan, { ...lender, userId });
}

/**
 * Declines by the link in an invitation's e-mail, without an account. Claims nothing.
 * @param round of the invitation that the e-mail was about
 * @returns undefined where it is already declined
 */
export function declineByMail(loan: Loan, lender: Lender, round: number, now: number): LoanChange | undefined {
  if (lender.round !== round) throw conflict('You have been invited again since this e-mail. Use the link in the newest one.');
  const status = effectiveStatus(loan, lender, now);
  if (status === 'declined') return undefined;
  requirePending(status, 'declined by e-mail');
  if (lender.userId !== null) throw conflict('This invitation belongs to an account. Sign in with it to decline.');
  return declined(loan, { ...lender, declinedByLink: true });
}

/**
 * What the link of an e-mail may show of its invitation without an account. `open`: it can be declined by the link. `declined`: by a link,
 * which the invited person can undo. `account`: a user has answered it, and only they see more. `replaced`: there is a newer e-mail.
 */
export const LINKED_INVITATION_STATES = ['open', 'declined', 'account', 'ended', 'replaced'] as const;

export type LinkedInvitationState = (typeof LINKED_INVITATION_STATES)[number];

/** @param round of the invitation that the e-mail was about */
export function linkedInvitationState(loan: Loan, lender: Lender, round: number, now: number): LinkedInvitationState {
  if (lender.round !== round) return 'replaced';
  if (lender.userId !== null) return 'account';
  const status = effectiveStatus(loan, lender, now);
  if (status === 'pending') return 'open';
  return status === 'declined' ? 'declined' : 'ended';
}

/** Whether an invitation was declined by link, and no user has confirmed that: a user who answers claims the invitation. */
function isDeclineUndoable({ status, userId }: Lender): boolean {
  return status === 'declined' && userId === null;
}

/** The amount is free already. */
function confirmedDecline(loan: Loan, lender: Lender): LoanChange {
  return { loan, lenders: [lender], events: [{ type: 'lender.declined', lender }] };
}

/** @throws DomainError `CONFLICT`, with a violation of the over-funding rule */
function requireRoom(loan: Loan, { contribution }: Lender): Loan {
  const { currency } = loan;
  if (contribution <= remaining(loan)) return loan;
  const message =
    `This invitation was declined, and its amount was given to others since: ${formatMoney(contribution, currency)}, ` +
    `remaining ${formatMoney(remaining(loan), currency)}. Ask the borrower for a new invitation.`;
  throw conflict(message, [{ path: '', code: 'OVER_FUNDING', message }]);
}

function requireUnchanged({ contribution }: Lender, seen: DecimalAmount, currency: Currency): void {
  if (toMinorUnits(seen, currency) === contribution) return;
  const message = `The amount of this invitation is now ${formatMoney(contribution, currency)}. Read it again before you accept.`;
  throw conflict(message, [{ path: 'contribution_amount', code: 'INVALID', message }]);
}

function declined(loan: Loan, pending: Lender): LoanChange {
  const lender: Lender = { ...pending, status: 'declined' };
  return { loan: release(loan, lender), lenders: [lender], events: [{ type: 'lender.declined', lender }] };
}

function requirePending(status: LenderStatus, done: string, required = 'pending'): void {
  if (status !== 'pending') throw conflict(`This invitation is ${status}. Only a ${required} one can be ${done}.`);
}

function reserve(loan: Loan, { contribution }: Lender): Loan {
  return { ...loan, totalInvited: add(loan.totalInvited, contribution), lenderCount: loan.lenderCount + 1 };
}

function release(loan: Loan, { contribution }: Lender): Loan {
  return { ...loan, totalInvited: subtract(loan.totalInvited, contribution), lenderCount: loan.lenderCount - 1 };
}

function withoutAcceptance(loan: Loan, { contribution }: Lender): Loan {
  return { ...loan, totalAccepted: subtract(loan.totalAccepted, contribution), acceptedCount: loan.acceptedCount - 1 };
}

function duplicateLender(email: Email, path: string): FieldError {
  return { path, code: 'DUPLICATE_LENDER', message: `${email} has already been invited to this loan` };
}

/** The error for an amount that `toMinorUnits` rejects. */
export function amountError(amount: DecimalAmount, currency: Currency, path: string): FieldError {
  const { code, decimals } = currency;
  const reason =
    amount.decimals > decimals
      ? `has more decimals than ${code} allows: ${decimals}`
      : `is too much: at most ${formatMoney(MINOR_UNITS_MAX, currency)}`;
  return { path, code: 'INVALID', message: `${formatAmount(amount, currency)} ${reason}.` };
}
