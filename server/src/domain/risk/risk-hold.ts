import type { LoanId, MailId, UserId } from '../ids.ts';

/** A feature that raised the score. */
export interface HoldReason {
  /** Of the model's table of features; `not-scored` where the score could not be had. */
  readonly feature: string;
  /** Log-odds that it adds. */
  readonly contribution: number;
}

/** What an operator has decided; `null` while nobody has. Decisions are kept: they are the labels of the next training. */
export type HoldDecision = 'released' | 'rejected';

/**
 * The invitations of one commit whose score is high. Where the score is enforced, mail about them waits until an operator releases
 * them, and is dropped where they are rejected. In shadow mode their mail leaves, and the decision is a label only.
 */
export interface RiskHold {
  readonly loanId: LoanId;
  /** Epoch milliseconds: when the invitations were made. Their mails name it, so it identifies the hold within the loan. */
  readonly invitedAt: number;
  /** Of the event batch with the invitations. */
  readonly version: number;
  readonly borrowerId: UserId;
  readonly invitations: number;
  /** Probability that they are abusive, 0 to 1; null where the score could not be had. */
  readonly score: number | null;
  /** Largest contribution first. */
  readonly reasons: readonly HoldReason[];
  readonly modelVersion: string;
  /** Whether mail waits for the decision. */
  readonly isEnforced: boolean;
  /** Mailings with the invitations, which a release queues. */
  readonly mailingIds: readonly MailId[];
  readonly decision: HoldDecision | null;
  /** Epoch milliseconds; null while nobody has decided. */
  readonly decidedAt: number | null;
  readonly decidedBy: UserId | null;
}
