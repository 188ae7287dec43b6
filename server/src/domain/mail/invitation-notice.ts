import type { MailId } from '../ids.ts';
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
