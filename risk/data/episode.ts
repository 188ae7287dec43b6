/*
 * A synthetic story of one or more senders. Times are epoch milliseconds, amounts minor units.
 */

export type Outcome = 'accepted' | 'declined' | 'optedOut' | 'bounced';

export interface Invited {
  readonly email: string;
  readonly name: string | null;
  readonly contribution: number;
  /** Null where nobody answers. */
  readonly response: { readonly outcome: Outcome; readonly at: number } | null;
  /** Senders outside of the story who invited the same mailbox. */
  readonly otherSenders: number;
}

export interface SentBatch {
  readonly at: number;
  readonly senderName: string | null;
  readonly purpose: string | null;
  readonly loanAmount: number;
  readonly invited: readonly Invited[];
  readonly isAbusive: boolean;
}

export interface Sender {
  readonly firstSeenAt: number;
  /** In the order of their times. */
  readonly batches: readonly SentBatch[];
}

export interface Episode {
  /** An honest group or an attack family. */
  readonly group: string;
  readonly senders: readonly Sender[];
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Lenders in one request, at most, and rows in one step of an import. */
export const REQUEST_MAX = 20;
export const IMPORT_STEP_MAX = 90;
