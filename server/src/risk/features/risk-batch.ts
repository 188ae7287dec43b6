import type { Email } from '../../domain/email.ts';
import type { EventBatch } from '../../domain/event-batch.ts';

/** One invitation that a batch sends. */
export interface RiskInvitation {
  readonly email: Email;
  readonly name: string | null;
  /** Minor units. */
  readonly contribution: number;
}

/** An invitation that was sent some time ago. */
export interface RecentInvitation extends RiskInvitation {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The invitations of one commit, with what their mails show of the sender. */
export interface RiskBatch {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly senderName: string | null;
  readonly purpose: string | null;
  /** Minor units. */
  readonly loanAmount: number;
  /** In the order of the request. */
  readonly invitations: readonly RiskInvitation[];
}

/** A batch that the store has: its invitations are recent ones for the later batches of their sender. */
export interface CommittedBatch extends RiskBatch {
  readonly invitations: readonly RecentInvitation[];
}

/** What the store knows of a batch besides its sender. */
export interface RiskContext {
  /**
   * For each invitation of the batch, in its order: how many other senders invited the same mailbox in the last
   * `OVERLAP_DAYS`, 0 where none did.
   */
  readonly otherSenders: readonly number[];
}

/** How long a sender's invitation of a mailbox counts for the batches of others. */
export const OVERLAP_DAYS = 30;

/**
 * The invitations of a commit.
 * @returns undefined where it invited nobody
 */
export function riskBatchOf({ at, loan, events }: Pick<EventBatch, 'at' | 'loan' | 'events'>): CommittedBatch | undefined {
  const invitations = events.flatMap((event) => (event.type === 'lender.invited' ? [event.lender] : []));
  if (invitations.length === 0) return undefined;
  return {
    at,
    senderName: loan.borrowerName,
    purpose: loan.purpose,
    loanAmount: loan.amount,
    invitations: invitations.map(({ email, name, contribution }) => ({ email, name, contribution, at })),
  };
}
