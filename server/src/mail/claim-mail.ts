import type { MailingId } from '../domain/ids.ts';
import { claim, dayOf, type MailingStanding, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../execution/optimistic-commit.ts';
import type { CoreServices } from '../execution/services.ts';
import type { View } from '../execution/view.ts';
import { lenderKey, loanKey, mailDayKey, optOutKey, outgoingMailKey } from '../storage/keys.ts';
import type { Key, Write } from '../storage/store.ts';

const DAY_MS = 86_400_000;

export interface ClaimedMail {
  /** Claimed for this process, or dropped. */
  readonly outgoingMail: OutgoingMail;
  /** Of the stored mail. */
  readonly version: number;
  /** What the claim was decided by, and what the mail is written from. */
  readonly context: MailingStanding;
}

/** Claims a due mail, so that no other process sends it, or drops it. @returns undefined if it is not due */
export function claimMail(services: CoreServices, mailingId: MailingId): Promise<ClaimedMail | undefined> {
  const mailKey = outgoingMailKey(mailingId);
  const now = services.clock();

  function decide(view: View, readSet: readonly Key<unknown>[]): Decision<ClaimedMail | undefined> {
    const stored = view.at(mailKey);
    const context = stored && contextIn(view, stored.data, now);
    const claimed = context && claim(stored.data, context);
    if (!claimed) return { kind: 'answer', result: undefined, readSet };
    const { outgoingMail, day } = claimed;
    const dayKey = mailDayKey(outgoingMail.to, dayOf(now));
    const writes: Write[] = [
      mailingWrite(outgoingMail, stored.version),
      ...(day ? [{ key: dayKey, expected: view.versionAt(dayKey), data: day, expiresAt: now + DAY_MS }] : []),
    ];
    return { kind: 'commit', result: { outgoingMail, version: stored.version + 1, context }, writes, readSet };
  }

  const more = (view: View): Key<unknown>[] => {
    const stored = view.at(mailKey);
    return stored ? Object.values(keysOf(stored.data, now)).filter((key) => key !== undefined) : [];
  };
  return decideAndCommit(services, { keys: [mailKey], more, decide });
}

/** The keys that decide whether a mail is sent. */
function keysOf({ loanId, lenderId, to }: OutgoingMail, now: number) {
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    day: mailDayKey(to, dayOf(now)),
    optOut: optOutKey(to),
  };
}

function contextIn(view: View, outgoingMail: OutgoingMail, now: number): MailingStanding {
  const { loan, lender, day, optOut } = keysOf(outgoingMail, now);
  return {
    loan: view.at(loan)?.data,
    lender: lender && view.at(lender)?.data,
    day: view.at(day)?.data,
    isOptedOut: view.at(optOut) !== undefined,
    now,
  };
}
