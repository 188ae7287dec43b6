import type { EventBatch } from '../../domain/event-batch.ts';
import type { UserId } from '../../domain/ids.ts';
import { type CanonicalMailbox, canonicalMailbox } from '../../domain/mail/canonical-mailbox.ts';
import type { AnswerCounts } from '../../domain/mail/limits/sender-answers.ts';
import { type MailboxSenders, othersAfter } from '../../domain/risk/mailbox-senders.ts';
import type { RiskHold } from '../../domain/risk/risk-hold.ts';
import type { SenderInvitations } from '../../domain/risk/sender-invitations.ts';
import { Snapshot, View } from '../../execution/view.ts';
import { holdKey, mailboxSendersKey, senderAnswersKey, senderInvitationsKey } from '../../storage/keys.ts';
import type { Item, Key, Store } from '../../storage/store.ts';
import { OVERLAP_DAYS, type RiskBatch } from '../features/risk-batch.ts';
import { DAY_MS } from '../features/sender-history.ts';

/** What is stored of a batch's sender and recipients. */
export interface StoredContext {
  readonly sender: Item<SenderInvitations> | undefined;
  readonly answers: Item<AnswerCounts> | undefined;
  /** Undefined also where it was not read. */
  readonly hold: Item<RiskHold> | undefined;
  readonly mailboxes: ReadonlyMap<CanonicalMailbox, Item<MailboxSenders> | undefined>;
}

/** @param readsHold the first attempt expects none */
export async function readStored(
  store: Pick<Store, 'batchGet'>,
  batch: EventBatch,
  { invitations }: RiskBatch,
  readsHold: boolean,
): Promise<StoredContext> {
  const { loanId, borrowerId } = batch.loan;
  const mailboxes = [...new Set(invitations.map(({ email }) => canonicalMailbox(email)))];
  const [senderKey, answersKey] = [senderInvitationsKey(borrowerId), senderAnswersKey(borrowerId)];
  const holds = readsHold ? [holdKey(loanId, invitedAtOf(batch))] : [];
  const keys: Key<unknown>[] = [senderKey, answersKey, ...holds, ...mailboxes.map(mailboxSendersKey)];
  const view = new View(Snapshot.read(keys, await store.batchGet(keys)));
  return {
    sender: view.at(senderKey),
    answers: view.at(answersKey),
    hold: holds[0] && view.at(holds[0]),
    mailboxes: new Map(mailboxes.map((mailbox) => [mailbox, view.at(mailboxSendersKey(mailbox))])),
  };
}

/** For each invitation, how many others have invited its mailbox of late. @param senderId keyed hash of a sender */
export function otherSenders(
  { mailboxes }: StoredContext,
  { loan: { borrowerId } }: EventBatch,
  { invitations, at }: RiskBatch,
  senderId: (userId: UserId) => string,
): number[] {
  const after = dayOf(at) - OVERLAP_DAYS;
  const ownId = senderId(borrowerId);
  return invitations.map(({ email }) => othersAfter(mailboxes.get(canonicalMailbox(email))?.data, ownId, after));
}

/** When the invitations were made. The clock of the batch is never behind the loan's, and theirs may be. */
export function invitedAtOf({ at, events }: Pick<EventBatch, 'at' | 'events'>): number {
  const invited = events.find((event) => event.type === 'lender.invited');
  return invited?.type === 'lender.invited' ? invited.lender.invitedAt : at;
}

/** Days since the epoch, UTC. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
