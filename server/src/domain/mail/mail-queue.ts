import type { MailId } from '../ids.ts';

/*
 * Start-time fair queuing: each mail gets a turn when it is queued, and mails leave in the order of their turns. A borrower's mails
 * have successive turns, the first one being the turn that is served now. So borrowers take turns, however many mails each has.
 */

/** `hand`: caused by one request of a user. `bulk`: of an imported file, or to all lenders of a loan; it leaves after `hand`. */
export type MailLane = 'hand' | 'bulk';

/** The end of a borrower's queue in one lane. */
export interface MailQueueEnd {
  /** The highest turn given so far. */
  readonly turn: number;
  /** The mail that has it. While it is queued, further mails come after it. */
  readonly mailId: MailId;
}

/**
 * Gives turns to mails of one borrower.
 * @param end undefined where none of the borrower's mails is queued
 * @param served the turn that is served now where the mail will be queued, by position
 */
export function turnsOf(end: MailQueueEnd | undefined, served: readonly number[]): number[] {
  const first = end ? end.turn + 1 : 0;
  return served.map((turn, position) => Math.max(turn, first) + position);
}
