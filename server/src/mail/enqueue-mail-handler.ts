import type { EventBatch } from '../domain/event-batch.ts';
import type { Ids, LenderId } from '../domain/ids.ts';
import { confirmsDecline, type Lender } from '../domain/lender.ts';
import type { LoanEvent } from '../domain/loan-events.ts';
import { toMailings } from '../domain/mail/mailing.ts';
import { createOutgoingMail, isAboutPendingInvitation, type MailKind, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { ABANDONED_MS } from '../execution/commit-writes.ts';
import type { EventHandler } from '../outbox/dispatcher.ts';
import { lendersOf } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import type { StoredMailing } from './claim-mailing.ts';
import { withoutEarlierMails } from './convert-earlier-mails.ts';
import type { MailSender } from './mail-sender.ts';
import { queueMailings } from './queue-mailings.ts';

/** Lenders that are read, and whose mails are queued, together: their mails make up to four mailings. */
const PAGE_SIZE = 100;

interface EnqueueOptions {
  readonly store: Pick<Store, 'batchGet' | 'commit' | 'get' | 'list' | 'listIndex'>;
  readonly ids: Pick<Ids, 'command' | 'outgoingMail'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Sends mailings at once if it can; default: all are queued. */
  readonly sender?: Pick<MailSender, 'noteQueued' | 'sendNow'> | undefined;
  /** Gets the error of a mailing that could not be sent at once; it is retried. */
  readonly onError?: (error: unknown) => void;
}

/** Queues the mails that follow from events. Their ids derive from the event, so a repeated batch queues nothing new. */
export function enqueueMailHandler(options: EnqueueOptions): EventHandler {
  return {
    name: 'mail',
    async handle(batch, signal) {
      await enqueue(
        options,
        batch,
        batch.events.flatMap((event) => mailsAbout(options, batch, event)),
      );
      if (batch.events.some(({ type }) => type === 'loan.funded' || type === 'loan.closed'))
        await enqueueFunded(options, batch, signal);
    },
  };
}

function mailsAbout(options: EnqueueOptions, batch: EventBatch, event: LoanEvent): OutgoingMail[] {
  switch (event.type) {
    case 'lender.invited':
      return [toLender(options, batch, 'invitation', event.lender)];
    case 'lender.changed':
      return [toLender(options, batch, 'changed', event.lender, batch.version)];
    case 'lender.accepted':
      return [toBorrower(options, batch, 'accepted', event.lender)];
    case 'lender.declined':
      return confirmsDecline(event.lender) ? [] : [toBorrower(options, batch, 'declined', event.lender)];
    default:
      return [];
  }
}

/** To the borrower and to every lender who accepted. */
async function enqueueFunded(options: EnqueueOptions, batch: EventBatch, signal: AbortSignal): Promise<void> {
  await enqueue(options, batch, [toBorrower(options, batch, 'funded', null)]);
  let after: LenderId | undefined;
  for (let isMore = true; isMore; ) {
    signal.throwIfAborted(); // a loan may have 100,000 lenders
    const rows = await options.store.list(lendersOf(batch.loan.loanId, after, PAGE_SIZE));
    const accepted = rows.filter(({ data }) => data.status === 'accepted');
    await enqueue(
      options,
      batch,
      accepted.map(({ data }) => toLender(options, batch, 'funded', data)),
    );
    after = rows.at(-1)?.data.lenderId;
    isMore = rows.length === PAGE_SIZE;
  }
}

/** @param occasion distinguishes mails of one kind about one lender */
function toLender(
  options: EnqueueOptions,
  batch: EventBatch,
  kind: MailKind,
  lender: Lender,
  occasion = lender.round,
): OutgoingMail {
  const { lenderId, round, userId, email: to } = lender;
  const invitedAt = isAboutPendingInvitation(kind) ? { invitedAt: lender.invitedAt } : {};
  return newMail(options, batch, { kind, lenderId, round, ...invitedAt, userId, to }, occasion);
}

/** @param lender the subject of the mail; null if it is about the whole loan */
function toBorrower(options: EnqueueOptions, batch: EventBatch, kind: MailKind, lender: Lender | null): OutgoingMail {
  const { borrowerId: userId, borrowerEmail: to } = batch.loan;
  const { lenderId, round } = lender ?? { lenderId: null, round: 0 };
  return newMail(options, batch, { kind, lenderId, round, userId, to }, lender ? batch.version : round);
}

function newMail(
  { ids, clock }: EnqueueOptions,
  { loan: { loanId, borrowerId }, requestId, traceparent, network, import: progress }: EventBatch,
  about: Pick<OutgoingMail, 'kind' | 'lenderId' | 'round' | 'invitedAt' | 'userId' | 'to'>,
  occasion: number,
): OutgoingMail {
  const mailId = ids.outgoingMail(about.kind, loanId, about.lenderId, occasion);
  const isBulk = progress !== undefined || (about.kind === 'funded' && about.lenderId !== null);
  const lane = isBulk ? 'bulk' : 'hand';
  const origin = { requestId, traceparent, ...(network && { network }) };
  return createOutgoingMail({ ...about, mailId, loanId, borrowerId, lane, ...origin }, clock());
}

/** Mails that are stored already are skipped: the batch came before. */
async function enqueue(options: EnqueueOptions, batch: EventBatch, mails: readonly OutgoingMail[]): Promise<void> {
  const { store, clock, sender, onError = () => {} } = options;
  // A process of an earlier version may have died between storing them and deleting the outbox entry.
  const isAbandoned = clock() >= batch.at + ABANDONED_MS;
  const queued: StoredMailing[] = [];
  for (const mailing of toMailings(isAbandoned ? await withoutEarlierMails(store, mails) : mails)) {
    const unstored = { mailing, version: 0 };
    if (!(await sender?.sendNow(unstored, onError))) queued.push(unstored);
  }
  await queueMailings(options, queued);
  sender?.noteQueued(queued.map(({ mailing }) => mailing));
}
