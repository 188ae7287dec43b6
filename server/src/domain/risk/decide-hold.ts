import type { UserId } from '../ids.ts';
import { isHeld, type Mailing, mailsIn, withMails } from '../mail/mailing.ts';
import { isAboutPendingInvitation, type OutgoingMail } from '../outgoing-mail.ts';
import type { HoldDecision, RiskHold } from './risk-hold.ts';

/**
 * An operator's decision on a hold that nobody has decided on.
 * @param mailings of the hold that are stored
 * @param now epoch milliseconds
 * @returns the hold, and those of the mailings that change: their mails are due now. Claimed then, they are sent, as far as the
 * limits allow, or dropped.
 */
export function decideHold(
  hold: RiskHold,
  mailings: readonly Mailing[],
  decision: HoldDecision,
  decidedBy: UserId,
  now: number,
): { readonly hold: RiskHold; readonly mailings: readonly Mailing[] } {
  const decided = { ...hold, decision, decidedAt: now, decidedBy };
  if (!hold.isEnforced) return { hold: decided, mailings: [] };
  // A sender that is working on a mailing would lose its claim: mails that it has sent would be sent again. The rest has its own time.
  const free = mailings.filter((mailing) => !isHeld(mailing, now));
  const waiting = free.filter(({ mails }) => mails.some(({ state }) => state.name === 'waiting'));
  return {
    hold: decided,
    mailings: waiting.map((mailing) =>
      withMails(
        mailing,
        mailsIn(mailing).map((mail) => dueNow(mail, now)),
      ),
    ),
  };
}

/** The time until now was not the mail server's, so retries are counted from here. */
function dueNow(mail: OutgoingMail, now: number): OutgoingMail {
  if (mail.state.name !== 'waiting' || !isAboutPendingInvitation(mail.kind)) return mail;
  return { ...mail, heldUntil: now, state: { name: 'waiting', from: now } };
}
