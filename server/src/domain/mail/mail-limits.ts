import type { LoanId } from '../ids.ts';
import { periodEndAfter } from '../usage-counter.ts';
import type { DailyNotice } from './invitation-notice.ts';

/** Invitations, changes and reminders to a mailbox on one UTC day. */
export interface DailyMailCount {
  readonly count: number;
  /** The loans of these mails. */
  readonly loanIds: readonly LoanId[];
  /** The last of these mails to each lender. Undefined where an earlier version has counted. */
  readonly notices?: readonly DailyNotice[];
  /** When the last of these invitations expires: as long the notices are needed. Epoch milliseconds. */
  readonly neededUntil?: number;
}

/** Invitations, changes and reminders to one mailbox on one UTC day, from all borrowers. At most one of them for one loan. */
const MAILS_PER_DAY_MAX = 3;
const DAY_MS = 86_400_000;

/**
 * Whether another mail about the loan may go to the mailbox on this day.
 * @param counts of the mailbox, under all names that it had
 */
export function allowsMail(counts: readonly (DailyMailCount | undefined)[], loanId: LoanId): boolean {
  const stored = counts.filter((day) => day !== undefined);
  return sum(stored.map(({ count }) => count)) < MAILS_PER_DAY_MAX && !stored.some(({ loanIds }) => loanIds.includes(loanId));
}

export function countMail(day: DailyMailCount | undefined, loanId: LoanId): DailyMailCount {
  return { ...day, count: (day?.count ?? 0) + 1, loanIds: [...(day?.loanIds ?? []), loanId] };
}

/** The day with the notice of a mail that it counts. @param neededUntil epoch milliseconds */
export function withNotice(day: DailyMailCount, notice: DailyNotice, neededUntil: number): DailyMailCount {
  const others = (day.notices ?? []).filter(({ lenderId }) => lenderId !== notice.lenderId);
  return { ...day, notices: [...others, notice], neededUntil: Math.max(day.neededUntil ?? 0, neededUntil) };
}

/** When a mail that the limits hold back is due again: on the next day, the longer it has waited the earlier by milliseconds. */
export function heldUntil(createdAt: number, now: number): number {
  const daysWaited = Math.floor((now - createdAt) / DAY_MS);
  return periodEndAfter('day', now) + Math.max(999 - daysWaited, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
