import type { Language } from '@private-lending/locale/languages';
import type { Email } from './email.ts';
import type { LenderId, LoanId, MailId, NetworkId, RequestId, UserId } from './ids.ts';
import { effectiveStatus, type Lender } from './lender.ts';
import { backoffMs } from './limits/backoff.ts';
import type { Loan } from './loan.ts';
import { nextHandoverAt, pauseAfterHandover, recentHandovers } from './mail/handovers.ts';
import type { InvitationNotice } from './mail/invitation-notice.ts';
import type { MailLimitName } from './mail/limits/daily-limits.ts';
import { allowsMail, countMail, type DailyMailCount, heldUntil, withNotice } from './mail/mail-limits.ts';
import type { MailLane } from './mail/mail-queue.ts';
import type { RiskHold } from './risk/risk-hold.ts';
import { periodAt } from './usage-counter.ts';

export type MailKind = 'invitation' | 'changed' | 'reminder' | 'accepted' | 'declined' | 'funded';

/**
 * Why a mail will never be sent; `obsolete`: its content is no longer true, or another mail has said it; `rejected-by-operator`: its
 * invitation was held.
 */
type DropReason = 'obsolete' | 'opted-out' | 'rejected-by-operator';

/** Why a mail failed for good. `address-unsupported`: its recipient needs SMTPUTF8, which the mail server does not support. */
type FailureReason = 'address-unsupported' | 'rejected' | 'retried-for-too-long';

/** Times are epoch milliseconds. */
export type MailState =
  /** Waits for a time, and is queued then. */
  | { readonly name: 'waiting'; readonly from: number }
  /** Ready to be sent, in the order of the turns. */
  | { readonly name: 'queued'; readonly turn: number }
  /** A sender is working on it. Another one may take over after `until`. */
  | { readonly name: 'claimed'; readonly until: number }
  | { readonly name: 'sent'; readonly at: number }
  | { readonly name: 'dropped'; readonly at: number; readonly reason: DropReason }
  /** Mails of earlier versions have no reason. */
  | { readonly name: 'failed'; readonly at: number; readonly reason?: FailureReason };

/** A mail to one address. Its text is rendered when it is sent. It is stored as part of a `Mailing`. */
export interface OutgoingMail {
  readonly mailId: MailId;
  readonly kind: MailKind;
  readonly loanId: LoanId;
  /** Whose queue it is in. Undefined in mails of earlier versions: each of their loans has a queue. */
  readonly borrowerId?: UserId;
  /** Undefined in mails of earlier versions: bulk. */
  readonly lane?: MailLane;
  /** The lender it is about; null for mail to the borrower about the whole loan. */
  readonly lenderId: LenderId | null;
  /** The invitation's round; 0 without a lender. */
  readonly round: number;
  /** When the invitation was made that it is about, which leads to its hold. Undefined in other mails, and in those of earlier versions. */
  readonly invitedAt?: number;
  /** The user who gets it, at their newest verified address; null, or left out by earlier versions, where nobody has answered. */
  readonly userId?: UserId | null;
  /** Where it goes if the user's newest address is not known. Once it is claimed, where it goes. */
  readonly to: Email;
  readonly createdAt: number;
  /** The request that caused it, and its W3C trace context. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  /** Of that request. Undefined where it is not limited by network. */
  readonly network?: NetworkId;
  readonly tries: number;
  /** Times of the latest handovers (`mail/handovers.ts`), that of the running attempt included. */
  readonly handovers?: readonly number[];
  /** UTC day (`2026-03-01`) in whose `DailyMailCount` it is counted. */
  readonly countedOn: string | null;
  /** Where a limit held it back: when it was due again. */
  readonly heldUntil?: number;
  readonly state: MailState;
}

/** Time for a transport to take a mail before another sender may claim it. */
const CLAIM_MS = 120_000;
const BACKOFF = { minMs: 30_000, maxMs: 3_600_000 };
const RETRY_MS_MAX = 48 * 3_600_000;

/** The current state that decides whether a mail is sent, and in which language. */
export interface MailContext {
  readonly loan: Loan | undefined;
  readonly lender: Lender | undefined;
  readonly notice: InvitationNotice | undefined;
  /** Of the mailbox, today. */
  readonly day: DailyMailCount | undefined;
  /** The same, as earlier versions counted it under other names of the mailbox. */
  readonly earlierDays?: readonly (DailyMailCount | undefined)[];
  /** The first limit, besides that of the mailbox, that does not allow another mail today. */
  readonly exceeded?: Exclude<MailLimitName, 'mailbox'> | undefined;
  /** On its invitation. Undefined where there is none, and where holds are not enforced. */
  readonly hold?: RiskHold | undefined;
  /** Before it, the invitation may not have been assessed yet. Epoch milliseconds. */
  readonly notBefore?: number | undefined;
  readonly isOptedOut: boolean;
  /** Of the recipient; undefined where it is not known. */
  readonly language?: Language | undefined;
  readonly now: number;
}

export interface MailClaim {
  readonly outgoingMail: OutgoingMail;
  /** The mailbox's day with the mail's count and notice, where that changes. */
  readonly day?: DailyMailCount;
  /**
   * The notice, to be stored by itself and in one commit with the rest, where a user has answered an earlier round of the invitation:
   * the next mail may go to another mailbox.
   */
  readonly notice?: InvitationNotice;
  /** Whether it is claimed for the first time today: it counts for the limits besides that of the mailbox. */
  readonly isFirstToday?: boolean;
  /** Why it is held back until the next day. */
  readonly heldBy?: MailLimitName;
}

/** Creates a mail that is due at once. */
export function createOutgoingMail<
  About extends Pick<OutgoingMail, 'mailId' | 'kind' | 'loanId' | 'lenderId' | 'round' | 'invitedAt' | 'userId' | 'to'>,
>(about: About, now: number) {
  return { ...about, createdAt: now, tries: 0, countedOn: null, state: { name: 'waiting', from: now } } as const;
}

/**
 * Claims a mail for sending, or drops it, or postpones it: where it was handed over too often, or until the next day where a
 * limit does not allow it today. @returns undefined where it is not due
 */
export function claimOrDropMail(outgoingMail: OutgoingMail, context: MailContext): MailClaim | undefined {
  const { now, day, earlierDays = [], lender } = context;
  const { mailId, loanId, createdAt, handovers = [] } = outgoingMail;
  if (outgoingMail.state.name !== 'queued' && (dueAt(outgoingMail.state) ?? Number.POSITIVE_INFINITY) > now) return undefined;
  const reason = dropReason(outgoingMail, context);
  if (reason) return { outgoingMail: { ...outgoingMail, state: { name: 'dropped', at: now, reason } } };
  const next = Math.max(nextHandoverAt(handovers, now), context.notBefore ?? now);
  if (next > now) return { outgoingMail: { ...outgoingMail, state: { name: 'waiting', from: next } } };
  const claimed: OutgoingMail = {
    ...outgoingMail,
    tries: outgoingMail.tries + 1,
    // Counted before, so that an attempt counts whose process dies.
    handovers: [...recentHandovers(handovers, now), now],
    state: { name: 'claimed', until: now + CLAIM_MS },
  };
  if (!lender || !isAboutPendingInvitation(outgoingMail.kind)) return { outgoingMail: claimed };
  const today = periodAt('day', now);
  const isBound = lender.userId !== null;
  const days = [day, ...earlierDays];
  const isCounted = isBound ? outgoingMail.countedOn === today : days.some((each) => isCountedIn(each, outgoingMail, today));
  // Counts that are not of a mailbox are in the commit of the claim.
  const isFirstToday = outgoingMail.countedOn !== today;
  const others = isFirstToday ? context.exceeded : undefined;
  const heldBy = isOnHold(context) ? 'hold' : isCounted || allowsMail(days, loanId) ? others : 'mailbox';
  if (!heldBy) {
    const notice = { mailId, round: lender.round, contribution: lender.contribution, at: now };
    const counted = isCounted && day ? day : countMail(day, loanId);
    return {
      outgoingMail: { ...claimed, countedOn: today },
      // A bound mail may have been counted for another mailbox, where its user had an older address.
      ...(!(isCounted && isBound) && { day: withNotice(counted, { lenderId: lender.lenderId, ...notice }, lender.expiresAt) }),
      ...(isBound && { notice }),
      isFirstToday,
    };
  }
  const from = heldUntil(createdAt, now);
  return { outgoingMail: { ...outgoingMail, heldUntil: from, state: { name: 'waiting', from } }, heldBy };
}

/**
 * Whether the mailbox's day counts the mail. Where a process died between a claim and its counts, the claim names a day that does not.
 * Counts of earlier versions have no notices, and are in the commit of their claim.
 */
function isCountedIn(
  { count, loanIds, notices = [] }: DailyMailCount = { count: 0, loanIds: [] },
  { countedOn, loanId, mailId }: OutgoingMail,
  today: string,
): boolean {
  if (notices.some((notice) => notice.mailId === mailId)) return true;
  return countedOn === today && notices.length < count && loanIds.includes(loanId);
}

export function markSent(outgoingMail: OutgoingMail, now: number): OutgoingMail {
  return { ...outgoingMail, state: { name: 'sent', at: now } };
}

/** Extends a claim. */
export function renewClaim(outgoingMail: OutgoingMail, now: number): OutgoingMail {
  return { ...outgoingMail, state: { name: 'claimed', until: now + CLAIM_MS } };
}

/** Undoes a claim before the mail was handed to the transport: it is due again at once. */
export function releaseClaim(outgoingMail: OutgoingMail, now: number): OutgoingMail {
  const { tries, handovers = [] } = outgoingMail;
  return { ...outgoingMail, tries: tries - 1, handovers: handovers.slice(0, -1), state: { name: 'waiting', from: now } };
}

/** How an attempt failed. */
export interface FailedAttempt {
  /** Why a retry would fail too; undefined if it may succeed. */
  readonly permanent?: Exclude<FailureReason, 'retried-for-too-long'> | undefined;
  /** Whether the mail server may have got the content. */
  readonly isHandedOver: boolean;
}

/** Schedules a retry with exponential backoff, or gives up. */
export function retryOrFail(outgoingMail: OutgoingMail, { permanent, isHandedOver }: FailedAttempt, now: number): OutgoingMail {
  const { createdAt, heldUntil: since = createdAt, tries, handovers: counted = [] } = outgoingMail;
  const isTooOld = now - since >= RETRY_MS_MAX;
  if (permanent || isTooOld)
    return { ...outgoingMail, state: { name: 'failed', at: now, reason: permanent ?? 'retried-for-too-long' } };
  const handovers = isHandedOver ? counted : counted.slice(0, -1);
  const pause = isHandedOver ? pauseAfterHandover(handovers, now) : 0;
  const from = Math.max(now + Math.max(backoffMs(tries, BACKOFF), pause), nextHandoverAt(handovers, now));
  return { ...outgoingMail, handovers, state: { name: 'waiting', from } };
}

/** When a waiting mail has to be queued, or another sender may take over a claimed one; undefined in other states. */
export function dueAt(state: MailState): number | undefined {
  if (state.name === 'waiting') return state.from;
  return state.name === 'claimed' ? state.until : undefined;
}

/** Whether a limit holds the mail back. */
export function isHeldBack({ state, heldUntil: until }: Pick<OutgoingMail, 'heldUntil' | 'state'>): boolean {
  return state.name === 'waiting' && state.from === until;
}

/** Mail that the recipient did not cause. It is subject to the limits of a mailbox. */
export function isAboutPendingInvitation(kind: MailKind): boolean {
  return kind === 'invitation' || kind === 'changed' || kind === 'reminder';
}

function dropReason(outgoingMail: OutgoingMail, context: MailContext): DropReason | undefined {
  if (isObsolete(outgoingMail, context)) return 'obsolete';
  if (context.isOptedOut) return 'opted-out';
  const { hold } = context;
  return hold?.isEnforced && hold.decision === 'rejected' ? 'rejected-by-operator' : undefined;
}

function isOnHold({ hold }: MailContext): boolean {
  return hold?.isEnforced === true && hold.decision === null;
}

function isObsolete(outgoingMail: OutgoingMail, { loan, lender, notice, now }: MailContext): boolean {
  const { kind, lenderId, round } = outgoingMail;
  if (!loan) return true;
  if (lenderId === null) return loan.status !== 'funded';
  if (lender?.round !== round) return true;
  const status = effectiveStatus(loan, lender, now);
  switch (kind) {
    case 'invitation':
    case 'changed':
    case 'reminder':
      return status !== 'pending' || isSaid(outgoingMail, lender, notice);
    case 'accepted':
    case 'declined':
      return status !== kind;
    case 'funded':
      return loan.status !== 'funded' || status !== 'accepted';
  }
}

/** Whether another mail has said it already: each has all that the lender needs, as of when it was claimed. */
function isSaid({ kind, mailId, createdAt }: OutgoingMail, lender: Lender, notice: InvitationNotice | undefined): boolean {
  if (notice?.round !== lender.round || notice.mailId === mailId) return false;
  if (kind === 'reminder') return notice.at > createdAt;
  return kind === 'invitation' || notice.contribution === lender.contribution;
}
