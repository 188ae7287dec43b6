import type { Email } from './email.ts';
import type { LenderId, LoanId, UserId } from './ids.ts';
import type { MinorUnits } from './money.ts';

export const LENDER_STATUSES = ['pending', 'accepted', 'declined', 'revoked', 'expired'] as const;
export type LenderStatus = (typeof LENDER_STATUSES)[number];

/** A lender in a loan: one per loan and address, through all rounds of invitations. Times are epoch milliseconds. */
export interface Lender {
  readonly loanId: LoanId;
  readonly lenderId: LenderId;
  readonly email: Email;
  readonly name: string | null;
  readonly contribution: MinorUnits;
  /** As last written. What holds at a given moment is `effectiveStatus`. */
  readonly status: LenderStatus;
  /** Which invitation of this address this is, from 1. */
  readonly round: number;
  readonly invitedAt: number;
  readonly expiresAt: number;
  /** The user who answered, once one has: from then on the row is theirs, whoever holds the address. */
  readonly userId: UserId | null;
}

/** Invitations of one loan that were made together, and so expire together. */
export interface ExpiryBatch {
  readonly invitations: readonly { readonly lenderId: LenderId; readonly round: number }[];
  readonly expiresAt: number;
}

/** How many rows of one loan a user may hold, under as many addresses. */
export const CLAIMED_MAX = 20;

/** The rows of a loan that a user holds since they answered, whatever their address is now. */
export interface ClaimedInvitations {
  readonly lenderIds: readonly LenderId[];
}

/**
 * The single truth about where a participant stands. Ending a loan writes only the loan, and time passes without
 * writing anything, so the written status alone can be behind.
 */
export function effectiveStatus(
  loan: { readonly status: 'open' | 'funded' | 'cancelled' },
  lender: Pick<Lender, 'status' | 'expiresAt'>,
  now: number,
): LenderStatus {
  const { status } = lender;
  if (status === 'pending' && loan.status !== 'open') return 'revoked';
  if (status === 'pending' && lender.expiresAt <= now) return 'expired';
  if (status === 'accepted' && loan.status === 'cancelled') return 'revoked';
  return status;
}
