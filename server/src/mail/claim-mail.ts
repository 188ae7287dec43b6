import type { MailId } from '../domain/ids.ts';
import { claimOrDropMail, dayOf, type MailContext, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../execution/optimistic-commit.ts';
import type { CoreServices } from '../execution/services.ts';
import type { View } from '../execution/view.ts';
import { dailyMailCountKey, lenderKey, loanKey, optOutKey, outgoingMailKey } from '../storage/keys.ts';
import type { Key, Write } from '../storage/store.ts';

const DAY_MS = 86_400_000;

export interface ClaimedMail {
  /** Claimed for this process, or dropped. */
  readonly outgoingMail: OutgoingMail;
  /** Of the stored mail. */
  readonly version: number;
  /** What the claim was decided by, and what the mail is written from. */
  readonly context: MailContext;
}

/** Claims a due mail, so that no other process sends it, or drops it. @returns undefined if it is not due */
export function claimDueMail(services: CoreServices, mailId: MailId): Promise<ClaimedMail | undefined> {
  const mailKey = outgoingMailKey(mailId);
  const now = services.clock();

  function decide(view: View): Decision<ClaimedMail | undefined> {
    const stored = view.at(mailKey);
    const context = stored && contextIn(view, stored.data, now);
    const claimed = context && claimOrDropMail(stored.data, context);
    if (!claimed) return { result: undefined, writes: [] };
    const { outgoingMail, day } = claimed;
    const dayKey = dailyMailCountKey(outgoingMail.to, dayOf(now));
    const writes: Write[] = [
      outgoingMailWrite(outgoingMail, stored.version),
      ...(day ? [{ key: dayKey, expected: view.versionAt(dayKey), data: day, expiresAt: now + DAY_MS }] : []),
    ];
    return { result: { outgoingMail, version: stored.version + 1, context }, writes };
  }

  const moreKeys = (view: View): Key<unknown>[] => {
    const stored = view.at(mailKey);
    return stored ? Object.values(keysOf(stored.data, now)).filter((key) => key !== undefined) : [];
  };
  return decideAndCommit(services, { keys: [mailKey], moreKeys, decide });
}

/** The keys that decide whether a mail is sent. */
function keysOf({ loanId, lenderId, to }: OutgoingMail, now: number) {
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    day: dailyMailCountKey(to, dayOf(now)),
    optOut: optOutKey(to),
  };
}

function contextIn(view: View, outgoingMail: OutgoingMail, now: number): MailContext {
  const { loan, lender, day, optOut } = keysOf(outgoingMail, now);
  return {
    loan: view.at(loan)?.data,
    lender: lender && view.at(lender)?.data,
    day: view.at(day)?.data,
    isOptedOut: view.at(optOut) !== undefined,
    now,
  };
}
