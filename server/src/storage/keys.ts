import type { Chapter } from '../domain/chapter.ts';
import type { Email } from '../domain/email.ts';
import type { IdempotencyRecord, InvitationCounter } from '../domain/idempotency.ts';
import { type LenderId, type LoanId, parseLenderId, parseLoanId, type UserId } from '../domain/ids.ts';
import type { Loan } from '../domain/loan.ts';
import type { Holding, Participant } from '../domain/participant.ts';
import type { IndexEntry, Key, Range } from './store.ts';
import type { CopyMark, Place } from './whole.ts';

/*
 * The only place where a key is spelled.
 *
 * | item               | partition          | sort                | index                                   |
 * | ------------------ | ------------------ | ------------------- | --------------------------------------- |
 * | loan               | loan#LOAN          | loan                | borrower#USER, by creation              |
 * | participant        | loan#LOAN          | lender#LENDER       | address#EMAIL or lender#USER, by invite |
 * | holding            | loan#LOAN          | holder#USER         |                                         |
 * | chapter (events)   | loan#LOAN          | event#VERSION       |                                         |
 * | invitation counter | user#USER          | invitations#HOUR    |                                         |
 * | idempotency record | request#HASH       | record              |                                         |
 * | installation       | installation       | secret, copy, ...   |                                         |
 */

const LENDER = 'lender#';
const HOLDER = 'holder#';
/** What the sort of every chapter begins with, and of nothing else: a deployed stream is filtered by it. */
export const EVENT = 'event#';
const REQUEST = 'request#';
const VERSION_DIGITS = 12;
const INDEX_TIME_DIGITS = 15;

export function loanKey(loanId: LoanId): Key<Loan> {
  return { partition: `loan#${loanId}`, sort: 'loan' };
}

export function participantKey(loanId: LoanId, lenderId: LenderId): Key<Participant> {
  return { partition: `loan#${loanId}`, sort: LENDER + lenderId };
}

/** Which rows of a loan a user holds. */
export function holdingKey(loanId: LoanId, userId: UserId): Key<Holding> {
  return { partition: `loan#${loanId}`, sort: HOLDER + userId };
}

export function chapterKey(loanId: LoanId, version: number): Key<Chapter> {
  return { partition: `loan#${loanId}`, sort: EVENT + padded(version, VERSION_DIGITS) };
}

/** @param hour epoch milliseconds, anywhere in the hour */
export function invitationCounterKey(userId: UserId, hour: number): Key<InvitationCounter> {
  return { partition: `user#${userId}`, sort: `invitations#${new Date(hour).toISOString().slice(0, 13)}` };
}

/** @param hash of whose key it is and what it was sent for */
export function recordKey(hash: string): Key<IdempotencyRecord> {
  return { partition: REQUEST + hash, sort: 'record' };
}

/** @param name of something that a store keeps for itself, once */
export function installationKey<Data>(name: string): Key<Data> {
  return { partition: 'installation', sort: name };
}

/** Where the unfinished target of a copy bears its mark. */
export function copyMarkKey(): Key<CopyMark> {
  return installationKey('copy');
}

/** A loan's lenders in the order of their ids. */
export function participantsOf(loanId: LoanId, after: LenderId | undefined, limit: number): Range<Participant> {
  return { partition: `loan#${loanId}`, prefix: LENDER, limit, ...(after && { after: LENDER + after }) };
}

/** Whether a chapter stands there, by what the key says. */
export function isChapterKey(key: Key<unknown>): key is Key<Chapter> {
  return key.sort.startsWith(EVENT);
}

/** A loan's chapters behind a version. */
export function chaptersOf(loanId: LoanId, afterVersion: number, limit: number): Range<Chapter> {
  return { partition: `loan#${loanId}`, prefix: EVENT, limit, after: chapterKey(loanId, afterVersion).sort };
}

export function borrowerIndex(userId: UserId): string {
  return `borrower#${userId}`;
}

/** Invitations that nobody has answered are found by the address, answered ones by the user who did. */
export function lenderIndex(holder: { readonly email: Email } | { readonly userId: UserId }): string {
  return 'userId' in holder ? `lender#${holder.userId}` : `address#${holder.email}`;
}

export function loanIndexEntry(loan: Loan): IndexEntry {
  return { partition: borrowerIndex(loan.borrowerId), sort: byTime(loan.createdAt, loan.loanId) };
}

export function participantIndexEntry(participant: Participant): IndexEntry {
  const { userId, email, invitedAt, loanId, lenderId } = participant;
  const sort = `${byTime(invitedAt, loanId)}#${lenderId}`; // a user may hold several rows of a loan
  return { partition: lenderIndex(userId ? { userId } : { email }), sort };
}

/** Reads back what the two above point to. */
export function loanIdOf(partition: string): LoanId {
  const id = parseLoanId(partition.slice('loan#'.length));
  if (!id) throw new TypeError('an index entry leads to no loan');
  return id;
}

export function lenderIdOf(sort: string): LenderId {
  const id = parseLenderId(sort.slice(LENDER.length));
  if (!id) throw new TypeError('an index entry leads to no lender');
  return id;
}

/** Whether commands look at what stands at a key again and again. Chapters stay as they are, and a record is asked for once. */
export function isViewed({ partition, sort }: Key<unknown>): boolean {
  return !sort.startsWith(EVENT) && !partition.startsWith(REQUEST);
}

export type ItemKind = 'loan' | 'lender' | 'holding' | 'chapter' | 'counter' | 'record' | 'installation' | 'other';

/** What kind of item stands at a place, as the table above has it. */
export function kindOf({ partition, sort }: Place): ItemKind {
  if (partition.startsWith('loan#')) {
    if (sort === 'loan') return 'loan';
    if (sort.startsWith(LENDER)) return 'lender';
    if (sort.startsWith(HOLDER)) return 'holding';
    return sort.startsWith(EVENT) ? 'chapter' : 'other';
  }
  if (partition.startsWith('user#')) return 'counter';
  if (partition.startsWith('request#')) return 'record';
  return partition === 'installation' ? 'installation' : 'other';
}

function byTime(time: number, loanId: LoanId): string {
  return `${padded(time, INDEX_TIME_DIGITS)}#${loanId}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
