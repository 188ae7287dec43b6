import type { Email } from './email.ts';
import type { LenderId, LoanId, UserId } from './ids.ts';
import type { MinorUnits } from './money.ts';

export const LENDER_STATUSES = ['pending', 'accepted', 'declined', 'revoked', 'expired'] as const;
export type LenderStatus = (typeof LENDER_STATUSES)[number];

/** A lender of a loan: one per loan and address, through all rounds of invitations. Times are epoch milliseconds. */
export interface Lender {
  readonly loanId: LoanId;
  readonly lenderId: LenderId;
  readonly email: Email;
  readonly name: string | null;
  readonly contribution: MinorUnits;
  /** As last written; see `effectiveStatus`. */
  readonly status: LenderStatus;
  /** Number of this invitation of the address, from 1. */
  readonly round: number;
  readonly invitedAt: number;
  readonly expiresAt: number;
  /** The user who has claimed the invitation by answering it: it stays theirs when the address gets a new owner. */
  readonly userId: UserId | null;
  /** Declined in this round by the link of a mail; a user may have confirmed it since. */
  readonly declinedByLink?: true;
  /** Declined in this round after it was accepted; missing if an older version wrote that. */
  readonly withdrawn?: true;
  /** Set where the borrower revoked an invitation that nobody had answered; missing if an older version wrote that. */
  readonly loanAtRevocation?: LoanTotals;
}

/** A loan's totals at one of its versions. See `Loan`. */
export interface LoanTotals {
  readonly version: number;
  readonly totalInvited: MinorUnits;
  readonly totalAccepted: MinorUnits;
  readonly lenderCount: number;
  readonly acceptedCount: number;
}

/** Whether the invitation was revoked before anybody answered it. The owner of its address sees the loan as it was then. */
export function isRevokedUnanswered({ status, userId }: Pick<Lender, 'status' | 'userId'>): boolean {
  return status === 'revoked' && userId === null;
}

/** Whether a decline was known before: it was made by link, and now by a user. */
export function confirmsDecline({ declinedByLink, userId }: Pick<Lender, 'declinedByLink' | 'userId'>): boolean {
  return declinedByLink === true && userId !== null;
}

/** Invitations of one loan that were sent together, and so expire together. */
export interface ExpiryBatch {
  readonly invitations: readonly { readonly lenderId: LenderId; readonly round: number }[];
  readonly expiresAt: number;
}

/** Invitations to one loan that a user may claim, each under another address. */
export const CLAIMED_MAX = 20;

/** The invitations to a loan that a user has claimed, under any address. */
export interface ClaimedInvitations {
  readonly lenderIds: readonly LenderId[];
}

/**
 * A lender's status at a moment. The written status alone may be outdated: ending a loan writes only the loan, and
 * expiry is written some time after it happens.
 * @param loan `changedAt` as in `Loan`: a loan that has ended does not change, so it is when that was
 */
export function effectiveStatus(
  loan: { readonly status: 'open' | 'funded' | 'cancelled'; readonly changedAt?: number },
  lender: Pick<Lender, 'status' | 'expiresAt'>,
  now: number,
): LenderStatus {
  const { status } = lender;
  const hasEnded = loan.status !== 'open';
  if (status === 'accepted' && loan.status === 'cancelled') return 'revoked';
  if (status !== 'pending') return status;
  const pendingUntil = hasEnded ? (loan.changedAt ?? Number.NEGATIVE_INFINITY) : now;
  if (lender.expiresAt <= pendingUntil) return 'expired';
  return hasEnded ? 'revoked' : 'pending';
}
