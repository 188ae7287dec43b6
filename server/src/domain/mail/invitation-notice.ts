import type { LenderId, MailId } from '../ids.ts';
import type { MinorUnits } from '../money.ts';

/** The last mail to a lender about their pending invitation: an invitation, a changed amount or a reminder. */
export interface InvitationNotice {
  readonly mailId: MailId;
  readonly round: number;
  /** The amount that it names. */
  readonly contribution: MinorUnits;
  /** When it was claimed for sending; epoch milliseconds. */
  readonly at: number;
}

/** A notice as it is stored with the day of its mailbox. */
export interface DailyNotice extends InvitationNotice {
  readonly lenderId: LenderId;
}

/** @returns the newest notice of a round, undefined where there is none */
export function lastNotice(notices: readonly InvitationNotice[], round: number): InvitationNotice | undefined {
  return notices.filter((notice) => notice.round === round).toSorted((a, b) => b.at - a.at)[0];
}
