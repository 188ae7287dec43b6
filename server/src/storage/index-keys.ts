import type { Email } from '../domain/email.ts';
import type { ImportId, LoanId, MailId, UserId } from '../domain/ids.ts';
import type { Lender } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import type { MailLane } from '../domain/mail/mail-queue.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';
import { MAIL_QUEUE, MAILING_QUEUE } from './key-prefixes.ts';
import { padded, TIME_DIGITS } from './keys.ts';
import type { IndexEntry } from './store.ts';

/* The partitions and positions of the index. The table in keys.ts lists them. */

/** Index partitions that share the due items of one kind. */
const SHARDS = 8;
const TURN_DIGITS = 12;
const ADDRESS = 'address#';
/** The order of the lanes in the index. */
const LANES: Readonly<Record<MailLane, string>> = { hand: '0#', bulk: '1#' };

/** Of mailings there are fewer than of other items, and all shards are read to find the next one. */
const MAILING_SHARDS = 2;

/** Kinds of items that are processed when they are due. `mail`: mails of earlier versions. */
export type DueKind = 'expiry' | 'import' | 'mail' | 'mailing' | 'outbox' | 'removal';

export function borrowerIndex(userId: UserId): string {
  return `borrower#${userId}`;
}

/** Unanswered invitations are indexed by address, answered ones by the user who answered. */
export function lenderIndex(owner: { readonly email: Email } | { readonly userId: UserId }): string {
  return 'userId' in owner ? `lender#${owner.userId}` : ADDRESS + owner.email;
}

/** Whether the entries of one commit are in many such partitions, with few in each. */
export function isScattered(partition: string): boolean {
  return partition.startsWith(ADDRESS);
}

export function loanIndexEntry(loan: Loan): IndexEntry {
  return { partition: borrowerIndex(loan.borrowerId), sort: byTime(loan.createdAt, loan.loanId) };
}

export function lenderIndexEntry({ userId, email, invitedAt, loanId, lenderId }: Lender): IndexEntry {
  const sort = `${byTime(invitedAt, loanId)}#${lenderId}`; // a user may have claimed several invitations to a loan
  return { partition: lenderIndex(userId ? { userId } : { email }), sort };
}

export function deadLetterIndexEntry(loanId: LoanId, at: number): IndexEntry {
  return { partition: 'dead-letter', sort: byTime(at, loanId) };
}

/** The index partition of the holds that nobody has decided on, or of those that somebody has, each by time of the invitations. */
export function holdIndex(isDecided: boolean): string {
  return isDecided ? 'decided-holds' : 'holds';
}

export function holdIndexEntry({ decision, invitedAt, loanId }: RiskHold): IndexEntry {
  return { partition: holdIndex(decision !== null), sort: byTime(invitedAt, loanId) };
}

/** The index partitions that hold the due items of a kind, each sorted by time. */
export function dueShards(kind: DueKind): string[] {
  return Array.from({ length: shardsOf(kind) }, (_, shard) => `${kind}#${shard}`);
}

/** @param at epoch milliseconds when it is due */
export function dueIndexEntry(kind: DueKind, id: LoanId | MailId | ImportId, at: number): IndexEntry {
  return { partition: `${kind}#${shardOf(id, shardsOf(kind))}`, sort: byTime(at, id) };
}

/** The time in the position of an index row that is sorted by time. @returns epoch milliseconds */
export function timeAt(position: string): number {
  return Number(position.slice(0, TIME_DIGITS));
}

/** The position in an index sorted by time before all rows of a time. @param at epoch milliseconds */
export function positionAt(at: number): string {
  return byTime(at, '');
}

/** The index partitions that hold the mailings that are ready to be sent, each sorted by lane and turn. */
export function mailQueueShards(): string[] {
  return Array.from({ length: MAILING_SHARDS }, (_, shard) => MAILING_QUEUE + shard);
}

/** The index partitions in which earlier versions have queued mails. */
export function earlierMailQueueShards(): string[] {
  return Array.from({ length: SHARDS }, (_, shard) => MAIL_QUEUE + shard);
}

export function mailQueueIndexEntry(mailingId: MailId, lane: MailLane, turn: number): IndexEntry {
  return {
    partition: MAILING_QUEUE + shardOf(mailingId, MAILING_SHARDS),
    sort: `${LANES[lane]}${padded(turn, TURN_DIGITS)}#${mailingId}`,
  };
}

/** A position in the index before all mails of a lane. */
export function startOfLane(lane: MailLane): string {
  return LANES[lane];
}

/** @returns undefined where the position is in another lane */
export function turnAt(position: string, lane: MailLane): number | undefined {
  const start = LANES[lane];
  return position.startsWith(start) ? Number(position.slice(start.length, start.length + TURN_DIGITS)) : undefined;
}

function shardsOf(kind: DueKind): number {
  return kind === 'mailing' ? MAILING_SHARDS : SHARDS;
}

function shardOf(id: LoanId | MailId | ImportId, shards: number): number {
  return id.charCodeAt(id.length - 1) % shards;
}

function byTime(time: number, id: string): string {
  return `${padded(time, TIME_DIGITS)}#${id}`;
}
