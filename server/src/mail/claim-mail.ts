import type { MailId } from '../domain/ids.ts';
import { canonicalMailbox } from '../domain/mail/canonical-mailbox.ts';
import { isOptedOut } from '../domain/mail/opt-out.ts';
import { claimOrDropMail, type MailContext, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../execution/optimistic-commit.ts';
import type { CoreServices } from '../execution/services.ts';
import type { View } from '../execution/view.ts';
import { dailyMailCountKey, invitationNoticeKey, lenderKey, loanKey, optOutKey, outgoingMailKey } from '../storage/keys.ts';
import type { Key, Write } from '../storage/store.ts';
import { addressOf, contactKeys, languageOf } from '../usecases/contacts/user-address.ts';

const DAY_MS = 86_400_000;

export interface ClaimedMail {
  /** Claimed for this process, dropped, or held back until the next day. */
  readonly outgoingMail: OutgoingMail;
  /** Of the stored mail. */
  readonly version: number;
  /** What the claim was decided by, and what the mail is written from. */
  readonly context: MailContext;
}

/** Claims a due mail, so that no other process sends it, or drops it or holds it back. @returns undefined if it is not due */
export function claimDueMail(services: CoreServices, mailId: MailId): Promise<ClaimedMail | undefined> {
  const mailKey = outgoingMailKey(mailId);
  const now = services.clock();

  function decide(view: View): Decision<ClaimedMail | undefined> {
    const stored = view.at(mailKey);
    const addressed = stored && { ...stored.data, to: addressOf(view, stored.data) };
    const context = addressed && contextIn(view, addressed, now);
    const claimed = context && claimOrDropMail(addressed, context);
    if (!claimed) return { result: undefined, writes: [] };
    const { outgoingMail, day, notice } = claimed;
    const keys = keysOf(outgoingMail, now);
    const writes: Write[] = [
      outgoingMailWrite(outgoingMail, stored.version),
      ...(day ? [{ key: keys.day, expected: view.versionAt(keys.day), data: day, expiresAt: now + DAY_MS }] : []),
      ...(notice && keys.notice
        ? [{ key: keys.notice, expected: view.versionAt(keys.notice), data: notice, expiresAt: context.lender?.expiresAt ?? now }]
        : []),
    ];
    return { result: { outgoingMail, version: stored.version + 1, context }, writes };
  }

  const moreKeys = (view: View): Key<unknown>[] => {
    const stored = view.at(mailKey);
    if (!stored) return [];
    const keys = Object.values(keysOf({ ...stored.data, to: addressOf(view, stored.data) }, now));
    return [...keys.filter((key) => key !== undefined), ...contactKeys(stored.data)];
  };
  return decideAndCommit(services, { keys: [mailKey], moreKeys, decide });
}

/** The keys that decide whether a mail is sent to its recipient. */
function keysOf({ loanId, lenderId, to }: OutgoingMail, now: number) {
  const mailbox = canonicalMailbox(to);
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    notice: lenderId === null ? undefined : invitationNoticeKey(loanId, lenderId),
    day: dailyMailCountKey(mailbox, periodAt('day', now)),
    optOut: optOutKey(mailbox),
    optOutOfAddress: mailbox === String(to) ? undefined : optOutKey(to),
  };
}

function contextIn(view: View, outgoingMail: OutgoingMail, now: number): MailContext {
  const { loan, lender, notice, day, optOut, optOutOfAddress } = keysOf(outgoingMail, now);
  return {
    loan: view.at(loan)?.data,
    lender: lender && view.at(lender)?.data,
    notice: notice && view.at(notice)?.data,
    day: view.at(day)?.data,
    isOptedOut: isOptedOut(view.at(optOut)?.data, optOutOfAddress && view.at(optOutOfAddress)?.data),
    language: languageOf(view, outgoingMail),
    now,
  };
}
