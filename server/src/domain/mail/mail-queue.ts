import type { MailId } from '../ids.ts';

/*
 * Start-time fair queuing: each mailing gets a turn when it is queued, and mailings leave in the order of their turns. A borrower's
 * mailings have successive turns, each as many as it has mails; the first one is the turn that is served now. So borrowers alternate,
 * however many mails each has.
 */

/** `hand`: caused by one request of a user. `bulk`: of an imported file, or to all lenders of a loan; it leaves after `hand`. */
export type MailLane = 'hand' | 'bulk';

/** The end of a borrower's queue in one lane. */
export interface MailQueueEnd {
  /** The highest turn given so far. */
  readonly turn: number;
  /** The mailing that has it. While it is queued, further mailings come after it. */
  readonly mailId: MailId;
}

/**
 * Gives turns to mailings of one borrower.
 * @param end undefined where none of the borrower's mailings is queued
 * @param served the turn that is served now
 * @param sizes the mails of each mailing
 */
export function turnsOf(end: MailQueueEnd | undefined, served: number, sizes: readonly number[]): number[] {
  let next = Math.max(served, end ? end.turn + 1 : 0);
  return sizes.map((size) => {
    const turn = next;
    next += size;
    return turn;
  });
}
