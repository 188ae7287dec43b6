import type { DeadLetter, EventBatch, OutboxEntry } from '../domain/event-batch.ts';
import type { IdempotencyRecord } from '../domain/idempotency.ts';
import {
  type CommandId,
  type ImportId,
  type LenderId,
  type LoanId,
  type MailId,
  type NetworkId,
  parseImportId,
  parseLenderId,
  parseLoanId,
  parseMailId,
  type UserId,
} from '../domain/ids.ts';
import type { ImportPart, LenderImport } from '../domain/imports/lender-import.ts';
import type { ClaimedInvitations, ExpiryBatch, Lender } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import type { CanonicalMailbox } from '../domain/mail/canonical-mailbox.ts';
import type { InvitationNotice } from '../domain/mail/invitation-notice.ts';
import type { SenderAnswers } from '../domain/mail/limits/sender-answers.ts';
import type { SenderMailCount } from '../domain/mail/limits/sender-mail-count.ts';
import type { DailyMailCount } from '../domain/mail/mail-limits.ts';
import type { MailLane, MailQueueEnd } from '../domain/mail/mail-queue.ts';
import type { Mailing } from '../domain/mail/mailing.ts';
import type { OptOut } from '../domain/mail/opt-out.ts';
import type { UserContact } from '../domain/mail/user-contact.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import type { RemoteConnection, RemoteSubscription } from '../domain/remote-subscription.ts';
import type { MailboxSenders } from '../domain/risk/mailbox-senders.ts';
import type { RiskHold } from '../domain/risk/risk-hold.ts';
import type { SenderInvitations } from '../domain/risk/sender-invitations.ts';
import type { EmailChallenge } from '../domain/sign-in/email-challenge.ts';
import type { Session, SessionRef, UserSessions } from '../domain/sign-in/session.ts';
import type { UsageCounter } from '../domain/usage-counter.ts';
import type { CopyCheckpoint } from './bulk-store.ts';
import {
  CHALLENGE,
  CLAIMED,
  CONNECTION,
  CONTACT,
  DEAD_LETTER,
  EVENT,
  EXPIRY,
  HOLD,
  IMPORT,
  LENDER,
  MAIL,
  MAIL_COUNT,
  MAIL_QUEUE,
  MAILBOX,
  MAILING,
  MAILS,
  METADATA,
  NOTICE,
  OUTBOX,
  PART,
  PROBE,
  REMINDERS,
  REQUEST,
  SESSIONS,
  SIGN_IN,
  SUBSCRIPTIONS,
} from './key-prefixes.ts';
import type { Key, Range } from './store.ts';

/*
 * All keys of the store are built here, and its index partitions and positions in index-keys.ts; nowhere else.
 *
 * | item                | partition          | sort                       | index                                   |
 * | ------------------- | ------------------ | -------------------------- | --------------------------------------- |
 * | loan                | loan#LOAN          | loan                       | borrower#USER, by creation              |
 * | lender              | loan#LOAN          | lender#LENDER              | address#EMAIL or lender#USER, by invite |
 * | claimed invitations | loan#LOAN          | claimed#USER               |                                         |
 * | event batch         | loan#LOAN          | event#VERSION              |                                         |
 * | outbox entry        | loan#LOAN          | outbox#VERSION             | outbox#SHARD, by next delivery          |
 * | dead letter         | loan#LOAN          | dead-letter#VERSION#NAME   | dead-letter, by time                    |
 * | expiry batch        | loan#LOAN          | expiry#TIME#VERSION        | expiry#SHARD, by time                   |
 * | reminder counter    | loan#LOAN          | reminders#LENDER           |                                         |
 * | invitation notice   | loan#LOAN          | notice#LENDER              |                                         |
 * | hold                | loan#LOAN          | hold#TIME                  | holds or decided-holds, by time         |
 * | invitation counter  | user#USER          | invitations                |                                         |
 * | import counter      | user#USER          | imports                    |                                         |
 * | import byte counter | user#USER          | import-bytes               |                                         |
 * | open import counter | user#USER          | open-imports               |                                         |
 * | loan counter        | user#USER          | loans                      |                                         |
 * | change counter      | user#USER          | changes                    |                                         |
 * | sender's mail count | user#USER          | mails                      |                                         |
 * | sender's answers    | user#USER          | answers                    |                                         |
 * | sender's invitations| user#USER          | invited                    |                                         |
 * | mail count          | mail-count#        | all#DAY                    |                                         |
 * | network mail count  | mail-count#NETWORK | network#DAY                |                                         |
 * | domain mail count   | mail-count#DOMAIN  | domain#DAY                 |                                         |
 * | user contact        | contact#USER       | contact                    |                                         |
 * | import              | import#ID          | import                     | import#SHARD, by next step; once ended, |
 * |                     |                    |                            | removal#SHARD, by removal               |
 * | import part         | import#ID          | part#NUMBER                |                                         |
 * | mailing             | mailing#ID         | mailing                    | mailing#SHARD, by time; once it is      |
 * |                     |                    |                            | ready, mailing-queue#SHARD, by turn     |
 * | mail of earlier     | mail#ID            | mail                       | mail#SHARD, by time; mail-queue#SHARD   |
 * | versions            |                    |                            |                                         |
 * | end of a mail queue | mail-queue#FLOW    | LANE                       |                                         |
 * | daily mail count    | mailbox#MAILBOX    | mails#DAY                  |                                         |
 * | mailbox's senders   | mailbox#MAILBOX    | senders                    |                                         |
 * | opt-out             | mailbox#MAILBOX    | opt-out                    |                                         |
 * | session             | sessions#USER      | session#ID                 |                                         |
 * | user's sessions     | sessions#USER      | list                       |                                         |
 * | e-mail challenge    | challenge#HASH     | challenge                  |                                         |
 * | sign-in counter     | sign-in#SCOPE      | PERIOD                     |                                         |
 * | idempotency record  | request#HASH       | record                     |                                         |
 * | feed connection     | connection#ID      | connection                 |                                         |
 * | remote subscription | subscriptions#LOAN | connection#ID#SUBSCRIPTION |                                         |
 * | write probe         | probe#COMMAND      | probe                      |                                         |
 * | store metadata      | installation       | secret, copy, ...          |                                         |
 *
 * Due items are spread over shards of the index, so that no index partition takes all the writes of a kind. Store
 * metadata has the same keys in every format, so that a store of another format is recognized.
 */

const VERSION_DIGITS = 12;
const PART_DIGITS = 3;
export const TIME_DIGITS = 15;

export function loanKey(loanId: LoanId): Key<Loan> {
  return { partition: `loan#${loanId}`, sort: 'loan' };
}

export function lenderKey(loanId: LoanId, lenderId: LenderId): Key<Lender> {
  return { partition: `loan#${loanId}`, sort: LENDER + lenderId };
}

/** The invitations of a loan that a user has answered. */
export function claimedInvitationsKey(loanId: LoanId, userId: UserId): Key<ClaimedInvitations> {
  return { partition: `loan#${loanId}`, sort: CLAIMED + userId };
}

export function eventBatchKey(loanId: LoanId, version: number): Key<EventBatch> {
  return { partition: `loan#${loanId}`, sort: EVENT + padded(version, VERSION_DIGITS) };
}

/** An event batch still to be delivered to the event handlers; deleted after delivery. */
export function outboxKey(loanId: LoanId, version: number): Key<OutboxEntry> {
  return { partition: `loan#${loanId}`, sort: OUTBOX + padded(version, VERSION_DIGITS) };
}

/** An event batch that a handler kept failing on; kept for an operator. */
export function deadLetterKey(loanId: LoanId, version: number, handler: string): Key<DeadLetter> {
  return { partition: `loan#${loanId}`, sort: `${DEAD_LETTER}${padded(version, VERSION_DIGITS)}#${handler}` };
}

/** The hold on the invitations of a loan that were made at a time. */
export function holdKey(loanId: LoanId, invitedAt: number): Key<RiskHold> {
  return { partition: `loan#${loanId}`, sort: HOLD + padded(invitedAt, TIME_DIGITS) };
}

/** The invitations that expire at one time; deleted after that. @param version of the loan with which they were made */
export function expiryKey(loanId: LoanId, expiresAt: number, version: number): Key<ExpiryBatch> {
  const sort = `${EXPIRY}${padded(expiresAt, TIME_DIGITS)}#${padded(version, VERSION_DIGITS)}`;
  return { partition: `loan#${loanId}`, sort };
}

/** Invitations of a borrower, by hour. */
export function invitationCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'invitations' };
}

/** Files of lenders that a borrower has sent, by hour. */
export function importCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'imports' };
}

/** Bytes of rows that a borrower's files have stored, by day. */
export function importBytesCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'import-bytes' };
}

/** Imports of a borrower that have not ended. */
export function openImportCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'open-imports' };
}

/** Changed amounts of a borrower's lenders, by hour. */
export function changeCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'changes' };
}

/** Loans that a borrower has posted, by day. */
export function loanCounterKey(userId: UserId): Key<UsageCounter> {
  return { partition: `user#${userId}`, sort: 'loans' };
}

/** Reminders of a lender, by day. */
export function reminderCounterKey(loanId: LoanId, lenderId: LenderId): Key<UsageCounter> {
  return { partition: `loan#${loanId}`, sort: REMINDERS + lenderId };
}

/**
 * The last mail to a lender about their pending invitation, where a user has answered an earlier round. Other notices are in the days
 * of the lender's mailbox; earlier versions stored all of them here.
 */
export function invitationNoticeKey(loanId: LoanId, lenderId: LenderId): Key<InvitationNotice> {
  return { partition: `loan#${loanId}`, sort: NOTICE + lenderId };
}

/** Where mail about a user goes. */
export function userContactKey(userId: UserId): Key<UserContact> {
  return { partition: CONTACT + userId, sort: 'contact' };
}

export function importKey(importId: ImportId): Key<LenderImport> {
  return { partition: IMPORT + importId, sort: 'import' };
}

/** @param number from 0 */
export function importPartKey(importId: ImportId, number: number): Key<ImportPart> {
  return { partition: IMPORT + importId, sort: PART + padded(number, PART_DIGITS) };
}

export function mailingKey(mailingId: MailId): Key<Mailing> {
  return { partition: MAILING + mailingId, sort: 'mailing' };
}

/** Earlier versions stored each mail by itself. */
export function outgoingMailKey(mailId: MailId): Key<OutgoingMail> {
  return { partition: MAIL + mailId, sort: 'mail' };
}

/** @param flow the borrower, or the loan for mails of earlier versions */
export function mailQueueEndKey(flow: UserId | LoanId, lane: MailLane): Key<MailQueueEnd> {
  return { partition: MAIL_QUEUE + flow, sort: lane };
}

/** @param day UTC, as `periodAt` names it */
export function dailyMailCountKey(mailbox: CanonicalMailbox, day: string): Key<DailyMailCount> {
  return { partition: MAILBOX + mailbox, sort: MAILS + day };
}

/** The days of a mailbox on which mails were counted, in order. @param after UTC day, as `periodAt` names it; exclusive */
export function dailyMailCountsOf(mailbox: CanonicalMailbox, after: string, limit: number): Range<DailyMailCount> {
  return { partition: MAILBOX + mailbox, prefix: MAILS, after: MAILS + after, limit };
}

/** Mails about pending invitations of a borrower, on the last day with any. */
export function senderMailCountKey(userId: UserId): Key<SenderMailCount> {
  return { partition: `user#${userId}`, sort: 'mails' };
}

/** How a borrower's invitations were answered. */
export function senderAnswersKey(userId: UserId): Key<SenderAnswers> {
  return { partition: `user#${userId}`, sort: 'answers' };
}

/** What a borrower's invitations are judged by, besides their answers. */
export function senderInvitationsKey(userId: UserId): Key<SenderInvitations> {
  return { partition: `user#${userId}`, sort: 'invited' };
}

/** Who has invited a mailbox of late. */
export function mailboxSendersKey(mailbox: CanonicalMailbox): Key<MailboxSenders> {
  return { partition: MAILBOX + mailbox, sort: 'senders' };
}

/** Mails about pending invitations on a UTC day that processes have sent, or may send. */
export function mailCountKey(day: string): Key<UsageCounter> {
  return { partition: MAIL_COUNT, sort: `all#${day}` };
}

export function networkMailCountKey(network: NetworkId, day: string): Key<UsageCounter> {
  return { partition: MAIL_COUNT + network, sort: `network#${day}` };
}

/** @param domain as `smallDomainOf` names it */
export function domainMailCountKey(domain: string, day: string): Key<UsageCounter> {
  return { partition: MAIL_COUNT + domain, sort: `domain#${day}` };
}

export function optOutKey(mailbox: CanonicalMailbox): Key<OptOut> {
  return { partition: MAILBOX + mailbox, sort: 'opt-out' };
}

export function sessionKey({ userId, sessionId }: SessionRef): Key<Session> {
  return { partition: SESSIONS + userId, sort: `session#${sessionId}` };
}

/** All sessions of a user, and their name. */
export function userSessionsKey(userId: UserId): Key<UserSessions> {
  return { partition: SESSIONS + userId, sort: 'list' };
}

/** A code that was sent by e-mail. @param hash of the challenge */
export function emailChallengeKey(hash: string): Key<EmailChallenge> {
  return { partition: CHALLENGE + hash, sort: 'challenge' };
}

/** Codes that were requested for a mailbox, from a network or in all. @param period as `periodAt` names it */
export function signInCounterKey(scope: readonly string[], period: string): Key<UsageCounter> {
  return { partition: SIGN_IN + scope.join('#'), sort: period };
}

/** @param hash of user, use case, loan and idempotency key */
export function recordKey(hash: string): Key<IdempotencyRecord> {
  return { partition: REQUEST + hash, sort: 'record' };
}

/** The subscriptions of one feed connection. */
export function connectionKey(connectionId: string): Key<RemoteConnection> {
  return { partition: CONNECTION + connectionId, sort: 'connection' };
}

/** One subscription of a connection to a loan. A new subscription has a new key, never that of an earlier one. */
export function remoteSubscriptionKey({
  loanId,
  connectionId,
  subscriptionId,
}: Pick<RemoteSubscription, 'connectionId' | 'loanId' | 'subscriptionId'>): Key<RemoteSubscription> {
  return { partition: SUBSCRIPTIONS + loanId, sort: `${CONNECTION}${connectionId}#${subscriptionId}` };
}

/** Written to find out whether the store takes writes again; never read. */
export function writeProbeKey(command: CommandId): Key<string> {
  return { partition: PROBE + command, sort: 'probe' };
}

/** @param name of something that exists once in a store */
export function storeMetadataKey<Data>(name: string): Key<Data> {
  return { partition: METADATA, sort: name };
}

/** Exists in the unfinished target of a copy only. */
export function copyCheckpointKey(): Key<CopyCheckpoint> {
  return storeMetadataKey('copy');
}

/** A loan's lenders, by id. */
export function lendersOf(loanId: LoanId, after: LenderId | undefined, limit: number): Range<Lender> {
  return { partition: `loan#${loanId}`, prefix: LENDER, limit, ...(after && { after: LENDER + after }) };
}

export function isEventBatchKey(key: Key): key is Key<EventBatch> {
  return key.sort.startsWith(EVENT);
}

export function isOutboxKey(key: Key): key is Key<OutboxEntry> {
  return key.sort.startsWith(OUTBOX);
}

export function isImportKey(key: Key): key is Key<LenderImport> {
  return key.partition.startsWith(IMPORT) && key.sort === 'import';
}

/** The loan version in the key. */
export function versionIn(key: Key<EventBatch> | Key<OutboxEntry>): number {
  return Number(key.sort.slice(key.sort.lastIndexOf('#') + 1));
}

/** A loan's event batches after a version, in order. */
export function eventBatchesOf(loanId: LoanId, afterVersion: number, limit: number): Range<EventBatch> {
  return { partition: `loan#${loanId}`, prefix: EVENT, limit, after: eventBatchKey(loanId, afterVersion).sort };
}

/** The remote subscriptions to a loan. @param after sort of the last one read */
export function remoteSubscriptionsOf(loanId: LoanId, after: string | undefined, limit: number): Range<RemoteSubscription> {
  return { partition: SUBSCRIPTIONS + loanId, prefix: CONNECTION, limit, ...(after !== undefined && { after }) };
}

/** A loan's undelivered event batches, in order. */
export function outboxOf(loanId: LoanId, limit: number): Range<OutboxEntry> {
  return { partition: `loan#${loanId}`, prefix: OUTBOX, limit };
}

/** A loan's expiry batches, earliest first. */
export function expiriesOf(loanId: LoanId, limit: number): Range<ExpiryBatch> {
  return { partition: `loan#${loanId}`, prefix: EXPIRY, limit };
}

/** An import's parts, starting with number `from`. */
export function importPartsOf(importId: ImportId, from: number, limit: number): Range<ImportPart> {
  const after = from > 0 ? { after: importPartKey(importId, from - 1).sort } : {};
  return { partition: IMPORT + importId, prefix: PART, limit, ...after };
}

export function loanIdOf(partition: string): LoanId {
  return idIn(partition, 'loan#', parseLoanId);
}

export function isMailingKey(key: Key): key is Key<Mailing> {
  return key.partition.startsWith(MAILING);
}

export function mailingIdOf(partition: string): MailId {
  return idIn(partition, MAILING, parseMailId);
}

export function mailIdOf(partition: string): MailId {
  return idIn(partition, MAIL, parseMailId);
}

export function importIdOf(partition: string): ImportId {
  return idIn(partition, IMPORT, parseImportId);
}

export function lenderIdOf(sort: string): LenderId {
  return idIn(sort, LENDER, parseLenderId);
}

function idIn<Id>(text: string, prefix: string, parse: (id: string) => Id | undefined): Id {
  const id = parse(text.slice(prefix.length));
  if (id === undefined) throw new TypeError(`a key has no id after "${prefix}"`);
  return id;
}

/** Whether commands read the item repeatedly. Event batches never change; records and due items are read once. */
export function isCacheable({ partition, sort }: Key): boolean {
  const uncached = [
    REQUEST,
    IMPORT,
    MAIL,
    MAIL_QUEUE,
    MAILING,
    MAILBOX,
    MAIL_COUNT,
    CONTACT,
    SESSIONS,
    CHALLENGE,
    SIGN_IN,
    CONNECTION,
    SUBSCRIPTIONS,
  ];
  if (uncached.some((prefix) => partition.startsWith(prefix))) return false;
  return ![EVENT, OUTBOX, DEAD_LETTER, EXPIRY, NOTICE, HOLD].some((prefix) => sort.startsWith(prefix));
}

export function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
