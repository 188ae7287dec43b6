import type { LoanId, MailId } from '../../ids.ts';
import { type UsageCounter, usedIn } from '../../usage-counter.ts';

/** A mailing with mails that limits hold back. */
export interface WaitingMailing {
  readonly mailingId: MailId;
  readonly loanId: LoanId;
  /** That wait. */
  readonly mails: number;
  /** Whether an operator has to release it: no answer does. */
  readonly isOnHold?: true;
}

/** Mails about pending invitations that a borrower sent in the last UTC day with any. */
export interface SenderMailCount extends UsageCounter {
  /** By receiving domain that is not large: at least as many as were sent there. */
  readonly domains: Readonly<Record<string, number>>;
  /** Mailings that limits hold back, those that have waited longest first. They stay on another day. */
  readonly waiting?: readonly WaitingMailing[];
}

/** Receiving domains that are remembered. */
const DOMAINS_MAX = 32;

/** @param day as `periodAt` names it */
export function senderCountOn(day: string, stored: SenderMailCount | undefined): SenderMailCount {
  return { ...stored, period: day, count: usedIn(day, stored), domains: stored?.period === day ? stored.domains : {} };
}

/**
 * Counts one mail. A further domain replaces the one with the fewest mails and inherits its count (the Space-Saving algorithm of
 * Metwally et al.): a domain never counts for less than it got, whatever was sent in between, and for a 32nd of all mails more at most.
 * @param domain undefined where it is not counted
 */
export function countSenderMail(sender: SenderMailCount, domain: string | undefined): SenderMailCount {
  const { count, domains } = sender;
  if (domain === undefined) return { ...sender, count: count + 1 };
  const others = Object.entries(domains).filter(([name]) => name !== domain);
  const isFull = others.length >= DOMAINS_MAX;
  const replaced = isFull ? others.reduce((fewest, other) => (other[1] < fewest[1] ? other : fewest)) : undefined;
  const before = domains[domain] ?? replaced?.[1] ?? 0;
  const kept = Object.fromEntries(others.filter((other) => other !== replaced));
  return { ...sender, count: count + 1, domains: { ...kept, [domain]: before + 1 } };
}
