import type { Email } from './email.ts';
import type { LenderId, LoanId, MailId, RequestId } from './ids.ts';
import { effectiveStatus, type Lender } from './lender.ts';
import type { Loan } from './loan.ts';

export type MailKind = 'invitation' | 'reminder' | 'accepted' | 'declined' | 'funded';

/** Why a mail was not sent, and will not be. */
type DropReason =
  /** What it would tell is not so any more. */
  | 'moot'
  /** The address wants no mail. */
  | 'opted-out'
  /** The address has had its mails of this day. */
  | 'daily-limit';

/** Epoch milliseconds throughout. */
export type MailState =
  | { readonly name: 'waiting'; readonly from: number }
  /** Somebody is sending it; whoever finds it after `until` takes it over. */
  | { readonly name: 'claimed'; readonly until: number }
  | { readonly name: 'sent'; readonly at: number }
  | { readonly name: 'dropped'; readonly at: number; readonly reason: DropReason }
  /** It was refused for good, or could not be handed over for too long. */
  | { readonly name: 'failed'; readonly at: number };

/** A mail to one address, from when it is due until it has left. It is put into words when it is sent. */
export interface OutgoingMail {
  readonly mailId: MailId;
  readonly kind: MailKind;
  readonly loanId: LoanId;
  /** The lender whom it is about or to; null where it is about the whole loan, to its borrower. */
  readonly lenderId: LenderId | null;
  /** Of the lender's invitations, the one that it is about; 0 without a lender. */
  readonly round: number;
  readonly to: Email;
  readonly madeAt: number;
  /** The request that it follows from, and its W3C trace context. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
  readonly tries: number;
  /** The UTC day (`2026-03-01`) among whose mails to the address it was counted. */
  readonly countedOn: string | null;
  readonly state: MailState;
}

/** The invitations and reminders that an address was sent on one UTC day. */
export interface DailyMailCount {
  readonly count: number;
  /** Of which loans. */
  readonly loanIds: readonly LoanId[];
}

/** Whoever reads an address wants no mail there. */
export interface OptOut {
  readonly at: number;
}

/** Invitations and reminders that an address gets on one UTC day, over all borrowers. */
const MAILS_A_DAY_MAX = 3;
/** How long a transport may take before somebody else tries. */
const CLAIM_MS = 120_000;
const BACKOFF_MS_MIN = 30_000;
const BACKOFF_MS_MAX = 3_600_000;
/** After this a mail that nobody would take is given up. */
const TRIED_MS_MAX = 48 * 3_600_000;

/** What decides whether a mail leaves: how things stand now. */
export interface MailContext {
  readonly loan: Loan | undefined;
  readonly lender: Lender | undefined;
  readonly day: DailyMailCount | undefined;
  readonly isOptedOut: boolean;
  readonly now: number;
}

export interface MailClaim {
  readonly outgoingMail: OutgoingMail;
  /** The address's day, where it is to be counted. */
  readonly day?: DailyMailCount;
}

/** A mail that is due at once. */
export function createOutgoingMail(
  about: Pick<OutgoingMail, 'mailId' | 'kind' | 'loanId' | 'lenderId' | 'round' | 'to' | 'requestId' | 'traceparent'>,
  now: number,
): OutgoingMail {
  return { ...about, madeAt: now, tries: 0, countedOn: null, state: { name: 'waiting', from: now } };
}

/** Claims a mail for sending, or drops it. @returns undefined where that is not to be done now */
export function claimMail(outgoingMail: OutgoingMail, standing: MailContext): MailClaim | undefined {
  const { now, day } = standing;
  if (!isDue(outgoingMail.state, now)) return undefined;
  const reason = dropReason(outgoingMail, standing);
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

/** What becomes of a claimed mail that was handed over. */
export function markSent(outgoingMail: OutgoingMail, now: number): OutgoingMail {
  return { ...outgoingMail, state: { name: 'sent', at: now } };
}

/** What becomes of a claimed mail that was not taken. @param forGood whether it never will be */
export function retryOrFail(outgoingMail: OutgoingMail, forGood: boolean, now: number): OutgoingMail {
  if (forGood || now - outgoingMail.madeAt >= TRIED_MS_MAX) return { ...outgoingMail, state: { name: 'failed', at: now } };
  const backoff = Math.min(BACKOFF_MS_MIN * 2 ** (outgoingMail.tries - 1), BACKOFF_MS_MAX);
  return { ...outgoingMail, state: { name: 'waiting', from: now + backoff } };
}

/** From when a mail is to be looked at; undefined where it has come to its end. */
export function dueAt({ name, ...state }: MailState): number | undefined {
  if ('from' in state) return state.from;
  return 'until' in state ? state.until : undefined;
}

/** `2026-03-01` */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function isDue(state: MailState, now: number): boolean {
  const due = dueAt(state);
  return due !== undefined && due <= now;
}

/** Mails that nobody has asked for themselves: of these an address gets few. */
function isUnsolicited(kind: MailKind): boolean {
  return kind === 'invitation' || kind === 'reminder';
}

function dropReason(outgoingMail: OutgoingMail, standing: MailContext): DropReason | undefined {
  if (isObsolete(outgoingMail, standing)) return 'moot';
  if (standing.isOptedOut) return 'opted-out';
  if (!isUnsolicited(outgoingMail.kind)) return undefined;
  const { count = 0, loanIds = [] } = standing.day ?? {};
  if (outgoingMail.countedOn === dayOf(standing.now)) return undefined;
  return count >= MAILS_A_DAY_MAX || loanIds.includes(outgoingMail.loanId) ? 'daily-limit' : undefined;
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
