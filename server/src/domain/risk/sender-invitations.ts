import type { LoanId } from '../ids.ts';

/** An event batch with invitations. */
type InvitedBatch = readonly [version: number, at: number, invitations: number];

/** What a borrower's invitations are judged by, besides their answers: counts, and where the latest ones are stored. No addresses. */
export interface SenderInvitations {
  /** Epoch milliseconds of the first loan with invitations. */
  readonly firstSeenAt: number;
  readonly batches: number;
  readonly invited: number;
  /** Days since the epoch, UTC, of the latest batch. */
  readonly day: number;
  /** Invitations on `day` and on the day before it. */
  readonly invitedOnDay: number;
  readonly invitedDayBefore: number;
  /** The event batches with the latest invitations, of each loan in order. Arrays, since the item is written with each batch. */
  readonly latest: readonly { readonly loanId: LoanId; readonly batches: readonly InvitedBatch[] }[];
}
