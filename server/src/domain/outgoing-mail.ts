import type { Email } from './email.ts';
import type { LenderId, LoanId, MailId, RequestId } from './ids.ts';
import { effectiveStatus, type Lender } from './lender.ts';
import type { Loan } from './loan.ts';

export type MailKind = 'invitation' | 'reminder' | 'accepted' | 'declined' | 'funded';

/** Why a mail will never be sent; `obsolete`: its content is no longer true. */
type DropReason = 'obsolete' | 'opted-out' | 'daily-limit';

/** Times are epoch milliseconds. */
export type MailState =
  | { readonly name: 'waiting'; readonly from: number }
  /** A sender is working on it. Another one may take over after `until`. */
  | { readonly name: 'claimed'; readonly until: number }
  | { readonly name: 'sent'; readonly at: number }
  | { readonly name: 'dropped'; readonly at: number; readonly reason: DropReason }
  /** The transport rejected it permanently, or failed for too long. */
  | { readonly name: 'failed'; readonly at: number };

/** A mail to one address. Its text is rendered when it is sent. */
export interface OutgoingMail {
  readonly mailId: MailId;
  readonly kind: MailKind;
  readonly loanId: LoanId;
  /** The lender it is about; null for mail to the borrower about the whole loan. */
  readonly lenderId: LenderId | null;
  /** The invitation's round; 0 without a lender. */
  readonly round: number;
  readonly to: Email;
  readonly createdAt: number;
  /** The request that caused it, and its W3C trace context. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  readonly tries: number;
  /** UTC day (`2026-03-01`) in whose `DailyMailCount` it is counted. */
  readonly countedOn: string | null;
  readonly state: MailState;
}

/** Invitations and reminders to an address on one UTC day. */
export interface DailyMailCount {
  readonly count: number;
  /** The loans of these mails. */
  readonly loanIds: readonly LoanId[];
}

/** The owner of an address has opted out of mail. */
export interface OptOut {
  readonly at: number;
}

/** Invitations and reminders to one address on one UTC day, from all borrowers. */
const MAILS_PER_DAY_MAX = 3;
/** Time for a transport to take a mail before another sender may claim it. */
const CLAIM_MS = 120_000;
const BACKOFF_MS_MIN = 30_000;
const BACKOFF_MS_MAX = 3_600_000;
const RETRY_MS_MAX = 48 * 3_600_000;

/** The current state that decides whether a mail is sent. */
export interface MailContext {
  readonly loan: Loan | undefined;
  readonly lender: Lender | undefined;
  readonly day: DailyMailCount | undefined;
  readonly isOptedOut: boolean;
  readonly now: number;
}

export interface MailClaim {
  readonly outgoingMail: OutgoingMail;
  /** The address's new count, where the mail is counted. */
  readonly day?: DailyMailCount;
}

/** Creates a mail that is due at once. */
export function createOutgoingMail<About extends Pick<OutgoingMail, 'mailId' | 'kind' | 'loanId' | 'lenderId' | 'round' | 'to'>>(
  about: About,
  now: number,
) {
  return { ...about, createdAt: now, tries: 0, countedOn: null, state: { name: 'waiting', from: now } } as const;
}

/** Claims a mail for sending, or drops it. @returns undefined where it is not due */
export function claimOrDropMail(outgoingMail: OutgoingMail, context: MailContext): MailClaim | undefined {
  const { now, day } = context;
  const due = dueAt(outgoingMail.state);
  if (due === undefined || due > now) return undefined;
  const reason = dropReason(outgoingMail, context);
  if (reason) return { outgoingMail: { ...outgoingMail, state: { name: 'dropped', at: now, reason } } };
  const today = dayOf(now);
  const claimed: OutgoingMail = {
    ...outgoingMail,
    tries: outgoingMail.tries + 1,
    state: { name: 'claimed', until: now + CLAIM_MS },
  };
  if (!isUnsolicited(outgoingMail.kind) || outgoingMail.countedOn === today) return { outgoingMail: claimed };
  const counted = { count: (day?.count ?? 0) + 1, loanIds: [...(day?.loanIds ?? []), outgoingMail.loanId] };
  return { outgoingMail: { ...claimed, countedOn: today }, day: counted };
}

export function markSent(outgoingMail: OutgoingMail, now: number): OutgoingMail {
  return { ...outgoingMail, state: { name: 'sent', at: now } };
}

/** Schedules a retry with exponential backoff, or gives up. @param isPermanent whether a retry would fail too */
export function retryOrFail(outgoingMail: OutgoingMail, isPermanent: boolean, now: number): OutgoingMail {
  if (isPermanent || now - outgoingMail.createdAt >= RETRY_MS_MAX) return { ...outgoingMail, state: { name: 'failed', at: now } };
  const backoff = Math.min(BACKOFF_MS_MIN * 2 ** (outgoingMail.tries - 1), BACKOFF_MS_MAX);
  return { ...outgoingMail, state: { name: 'waiting', from: now + backoff } };
}

/** When a sender has to process the mail next; undefined in a final state. */
export function dueAt(state: MailState): number | undefined {
  if (state.name === 'waiting') return state.from;
  return state.name === 'claimed' ? state.until : undefined;
}

/** UTC day, for example `2026-03-01`. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** Mail that the recipient did not cause. It is subject to the daily limit. */
function isUnsolicited(kind: MailKind): boolean {
  return kind === 'invitation' || kind === 'reminder';
}

function dropReason(outgoingMail: OutgoingMail, context: MailContext): DropReason | undefined {
  if (isObsolete(outgoingMail, context)) return 'obsolete';
  if (context.isOptedOut) return 'opted-out';
  if (!isUnsolicited(outgoingMail.kind)) return undefined;
  const { count = 0, loanIds = [] } = context.day ?? {};
  if (outgoingMail.countedOn === dayOf(context.now)) return undefined;
  return count >= MAILS_PER_DAY_MAX || loanIds.includes(outgoingMail.loanId) ? 'daily-limit' : undefined;
}

function isObsolete({ kind, lenderId, round }: OutgoingMail, { loan, lender, now }: MailContext): boolean {
  if (!loan) return true;
  if (lenderId === null) return loan.status !== 'funded';
  if (lender?.round !== round) return true;
  const status = effectiveStatus(loan, lender, now);
  switch (kind) {
    case 'invitation':
    case 'reminder':
      return status !== 'pending';
    case 'accepted':
    case 'declined':
      return status !== kind;
    case 'funded':
      return loan.status !== 'funded' || status !== 'accepted';
  }
}
