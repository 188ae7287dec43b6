import type { Email } from '../domain/email.ts';
import type { DeadLetter, EventBatch, OutboxEntry } from '../domain/event-batch.ts';
import type { IdempotencyRecord, UsageCounter } from '../domain/idempotency.ts';
import {
  type ImportId,
  type LenderId,
  type LoanId,
  type MailId,
  parseImportId,
  parseLenderId,
  parseLoanId,
  parseMailId,
  type UserId,
} from '../domain/ids.ts';
import type { ClaimedInvitations, ExpiryBatch, Lender } from '../domain/lender.ts';
import type { ImportPart, LenderImport } from '../domain/lender-import.ts';
import type { Loan } from '../domain/loan.ts';
import type { DailyMailCount, OptOut, OutgoingMail } from '../domain/outgoing-mail.ts';
import type { RemoteConnection, RemoteSubscription } from '../domain/remote-subscription.ts';
import type { CopyCheckpoint, ItemKey } from './bulk-store.ts';
import type { IndexEntry, Key, Range } from './store.ts';

/*
 * The only place where a key is spelled.
 *
 * | item               | partition          | sort                | index                                   |
 * | ------------------ | ------------------ | ------------------- | --------------------------------------- |
 * | loan               | loan#LOAN          | loan                | borrower#USER, by creation              |
 * | participant        | loan#LOAN          | lender#LENDER       | address#EMAIL or lender#USER, by invite |
 * | holding            | loan#LOAN          | holder#USER         |                                         |
 * | chapter (events)   | loan#LOAN          | event#VERSION       |                                         |
 * | undelivered        | loan#LOAN          | outbox#VERSION      | undelivered#SHARD, by when to deliver   |
 * | set aside          | loan#LOAN          | aside#VERSION#NAME  | aside, by time                          |
 * | expiry             | loan#LOAN          | expiry#TIME#VERSION | due#SHARD, by time                      |
 * | invitation counter | user#USER          | invitations#HOUR    |                                         |
 * | import counter     | user#USER          | imports#HOUR        |                                         |
 * | import             | import#ID          | import              | import#SHARD, by when to see to it      |
 * | import's rows      | import#ID          | rows#NUMBER         |                                         |
 * | mailing            | mail#ID            | mailing             | mail#SHARD, by when to send             |
 * | mails of a day     | mailbox#EMAIL      | mails#DAY           |                                         |
 * | opt-out            | mailbox#EMAIL      | opt-out             |                                         |
 * | idempotency record | request#HASH       | record              |                                         |
 * | connection         | connection#ID      | connection          |                                         |
 * | watcher            | watch#LOAN         | connection#ID#...   |                                         |
 * | installation       | installation       | secret, copy, ...   |                                         |
 *
 * What waits for its time is spread over shards, so that no place of the index takes all the writes of its kind.
 */

const LENDER = 'lender#';
const HOLDER = 'holder#';
/** What the sort of every chapter begins with, and of nothing else: a deployed stream is filtered by it. */
export const EVENT = 'event#';
const OUTBOX = 'outbox#';
const ASIDE = 'aside#';
const EXPIRY = 'expiry#';
const REQUEST = 'request#';
/** How many places share what waits for its time. */
const SHARDS = 8;
const IMPORT = 'import#';
const ROWS = 'rows#';
const MAIL = 'mail#';
const MAILBOX = 'mailbox#';
const CONNECTION = 'connection#';
const WATCH = 'watch#';
export type DueKind = 'due' | 'import' | 'mail' | 'undelivered';
const VERSION_DIGITS = 12;
const PART_DIGITS = 3;
const INDEX_TIME_DIGITS = 15;

export function loanKey(loanId: LoanId): Key<Loan> {
  return { partition: `loan#${loanId}`, sort: 'loan' };
}

export function lenderKey(loanId: LoanId, lenderId: LenderId): Key<Lender> {
  return { partition: `loan#${loanId}`, sort: LENDER + lenderId };
}

/** Which rows of a loan a user holds. */
export function claimedInvitationsKey(loanId: LoanId, userId: UserId): Key<ClaimedInvitations> {
  return { partition: `loan#${loanId}`, sort: HOLDER + userId };
}

export function eventBatchKey(loanId: LoanId, version: number): Key<EventBatch> {
  return { partition: `loan#${loanId}`, sort: EVENT + padded(version, VERSION_DIGITS) };
}

/** That a chapter is to be delivered to whoever reacts. Removed once it was. */
export function outboxKey(loanId: LoanId, version: number): Key<OutboxEntry> {
  return { partition: `loan#${loanId}`, sort: OUTBOX + padded(version, VERSION_DIGITS) };
}

/** A chapter that a reactor failed on again and again, for a person to see to. */
export function deadLetterKey(loanId: LoanId, version: number, handler: string): Key<DeadLetter> {
  return { partition: `loan#${loanId}`, sort: `${ASIDE}${padded(version, VERSION_DIGITS)}#${handler}` };
}

/** Which invitations expire at a time. Removed once that was seen to. @param version of the loan when they were made */
export function expiryKey(loanId: LoanId, expiresAt: number, version: number): Key<ExpiryBatch> {
  const sort = `${EXPIRY}${padded(expiresAt, INDEX_TIME_DIGITS)}#${padded(version, VERSION_DIGITS)}`;
  return { partition: `loan#${loanId}`, sort };
}

/** @param hour epoch milliseconds, anywhere in the hour */
export function invitationCounterKey(userId: UserId, hour: number): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: `invitations#${new Date(hour).toISOString().slice(0, 13)}` };
}

/** How many files a borrower has sent in an hour. @param hour epoch milliseconds, anywhere in the hour */
export function importCounterKey(userId: UserId, hour: number): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: `imports#${new Date(hour).toISOString().slice(0, 13)}` };
}

export function importKey(importId: ImportId): Key<LenderImport> {
  return { partition: IMPORT + importId, sort: 'import' };
}

/** @param number of the part, from 0 */
export function importPartKey(importId: ImportId, number: number): Key<ImportPart> {
  return { partition: IMPORT + importId, sort: ROWS + padded(number, PART_DIGITS) };
}

export function outgoingMailKey(mailingId: MailId): Key<OutgoingMail> {
  return { partition: MAIL + mailingId, sort: 'mailing' };
}

/** @param day UTC, as `dayOf` writes it */
export function mailDayKey(email: Email, day: string): Key<DailyMailCount> {
  return { partition: MAILBOX + email, sort: `mails#${day}` };
}

export function optOutKey(email: Email): Key<OptOut> {
  return { partition: MAILBOX + email, sort: 'opt-out' };
}

/** @param hash of whose key it is and what it was sent for */
export function recordKey(hash: string): Key<IdempotencyRecord> {
  return { partition: REQUEST + hash, sort: 'record' };
}

/** What a connection of the feed has subscribed to. */
export function connectionKey(connectionId: string): Key<RemoteConnection> {
  return { partition: CONNECTION + connectionId, sort: 'connection' };
}

/** A subscription to a loan. Each has a key of its own, so that none is taken for the one before it. */
export function watcherKey(
  watcher: Pick<RemoteSubscription, 'connectionId' | 'loanId' | 'subscriptionId'>,
): Key<RemoteSubscription> {
  return { partition: WATCH + watcher.loanId, sort: `${CONNECTION}${watcher.connectionId}#${watcher.subscriptionId}` };
}

/** @param name of something that a store keeps for itself, once */
export function storeMetadataKey<Data>(name: string): Key<Data> {
  return { partition: 'installation', sort: name };
}

/** Where the unfinished target of a copy bears its mark. */
export function copyCheckpointKey(): Key<CopyCheckpoint> {
  return storeMetadataKey('copy');
}

/** A loan's lenders in the order of their ids. */
export function participantsOf(loanId: LoanId, after: LenderId | undefined, limit: number): Range<Lender> {
  return { partition: `loan#${loanId}`, prefix: LENDER, limit, ...(after && { after: LENDER + after }) };
}

/** Whether a chapter stands there, by what the key says. */
export function isEventBatchKey(key: Key<unknown>): key is Key<EventBatch> {
  return key.sort.startsWith(EVENT);
}

/** Whether an import stands there, by what the key says. */
export function isImportKey(key: Key<unknown>): key is Key<LenderImport> {
  return key.partition.startsWith(IMPORT) && key.sort === 'import';
}

/** The version of its loan under which a chapter stands, or what is about it. */
export function versionIn(key: Key<EventBatch> | Key<OutboxEntry>): number {
  return Number(key.sort.slice(key.sort.lastIndexOf('#') + 1));
}

/** A loan's chapters behind a version. */
export function eventBatchesOf(loanId: LoanId, afterVersion: number, limit: number): Range<EventBatch> {
  return { partition: `loan#${loanId}`, prefix: EVENT, limit, after: eventBatchKey(loanId, afterVersion).sort };
}

/** Who watches a loan. @param after the sort of the last one that is known */
export function watchersOf(loanId: LoanId, after: string | undefined, limit: number): Range<RemoteSubscription> {
  return { partition: WATCH + loanId, prefix: CONNECTION, limit, ...(after !== undefined && { after }) };
}

/** What waits to be delivered of a loan, in the order in which it happened. */
export function outboxOf(loanId: LoanId, limit: number): Range<OutboxEntry> {
  return { partition: `loan#${loanId}`, prefix: OUTBOX, limit };
}

/** When a loan's invitations expire, the next ones first. */
export function expiriesOf(loanId: LoanId, limit: number): Range<ExpiryBatch> {
  return { partition: `loan#${loanId}`, prefix: EXPIRY, limit };
}

/** An import's rows, from a part on. */
export function importPartsOf(importId: ImportId, from: number, limit: number): Range<ImportPart> {
  const after = from > 0 ? { after: importPartKey(importId, from - 1).sort } : {};
  return { partition: IMPORT + importId, prefix: ROWS, limit, ...after };
}

/** All places of the index where a kind of thing waits, by time. */
export function dueShards(kind: DueKind): string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `${kind}#${shard}`);
}

/** @param at epoch milliseconds from when it is to be seen to */
export function dueIndexEntry(kind: 'due' | 'undelivered', loanId: LoanId, at: number): IndexEntry {
  return waitingEntry(kind, loanId, at);
}

/** @param at epoch milliseconds from when it is to be sent */
export function outgoingMailIndexEntry(mailingId: MailId, at: number): IndexEntry {
  return waitingEntry('mail', mailingId, at);
}

/** @param at epoch milliseconds from when somebody is to see to it */
export function importIndexEntry(importId: ImportId, at: number): IndexEntry {
  return waitingEntry('import', importId, at);
}

function waitingEntry(kind: DueKind, id: string, at: number): IndexEntry {
  return { partition: `${kind}#${id.charCodeAt(id.length - 1) % SHARDS}`, sort: byTime(at, id) };
}

export function deadLetterIndexEntry(loanId: LoanId, at: number): IndexEntry {
  return { partition: 'aside', sort: byTime(at, loanId) };
}

/** From when what has a place by time waits there. @returns epoch milliseconds */
export function timeAt(position: string): number {
  return Number(position.slice(0, INDEX_TIME_DIGITS));
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

export function lenderIndexEntry(participant: Lender): IndexEntry {
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

export function mailingIdOf(partition: string): MailId {
  const id = parseMailId(partition.slice(MAIL.length));
  if (!id) throw new TypeError('an index entry leads to no mailing');
  return id;
}

export function importIdOf(partition: string): ImportId {
  const id = parseImportId(partition.slice(IMPORT.length));
  if (!id) throw new TypeError('an index entry leads to no import');
  return id;
}

export function lenderIdOf(sort: string): LenderId {
  const id = parseLenderId(sort.slice(LENDER.length));
  if (!id) throw new TypeError('an index entry leads to no lender');
  return id;
}

/** Whether commands look at what stands at a key again and again. Chapters stay as they are; a record, or what waits, is asked for once. */
export function isViewed({ partition, sort }: Key<unknown>): boolean {
  if ([REQUEST, IMPORT, MAIL, MAILBOX, CONNECTION, WATCH].some((prefix) => partition.startsWith(prefix))) return false;
  return ![EVENT, OUTBOX, ASIDE, EXPIRY].some((prefix) => sort.startsWith(prefix));
}

const KINDS = {
  lender: LENDER,
  claimed: HOLDER,
  batch: EVENT,
  undelivered: OUTBOX,
  aside: ASIDE,
  expiry: EXPIRY,
} as const;

/** Kinds that have a partition of their own, by what it begins with. */
const KINDS_APART = {
  counter: 'user#',
  import: IMPORT,
  outgoingMail: MAIL,
  mailbox: MAILBOX,
  record: REQUEST,
  connection: CONNECTION,
  watcher: WATCH,
} as const;

export type ItemKind = 'loan' | keyof typeof KINDS | keyof typeof KINDS_APART | 'installation' | 'other';

/** What kind of item stands at a place, as the table above has it. */
export function kindOf({ partition, sort }: ItemKey): ItemKind {
  if (partition === 'installation') return 'installation';
  if (!partition.startsWith('loan#')) return kindAmong(KINDS_APART, partition) ?? 'other';
  return sort === 'loan' ? 'loan' : (kindAmong(KINDS, sort) ?? 'other');
}

function kindAmong<Kind extends string>(kinds: Readonly<Record<Kind, string>>, text: string): Kind | undefined {
  for (const kind in kinds) if (text.startsWith(kinds[kind])) return kind;
  return undefined;
}

function byTime(time: number, id: string): string {
  return `${padded(time, INDEX_TIME_DIGITS)}#${id}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
