import type { EventBatch } from '../domain/event-batch.ts';
import type { Ids, LenderId } from '../domain/ids.ts';
import type { Lender } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import type { LoanEvent } from '../domain/loan-events.ts';
import { createOutgoingMail, type MailKind, type OutgoingMail } from '../domain/outgoing-mail.ts';
import { outgoingMailWrite } from '../execution/commit-writes.ts';
import type { EventHandler } from '../outbox/dispatcher.ts';
import { participantsOf } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';

/** Rows of a loan that are looked at, and mails that are written down, at a time. */
const PAGE_SIZE = 50;

interface MailOptions {
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly ids: Pick<Ids, 'command' | 'outgoingMail'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Writes down the mails that follow from what has happened. A chapter that comes again finds them written down already. */
export function enqueueMailHandler(options: MailOptions): EventHandler {
  return {
    name: 'mail',
    async handle(batch) {
      await keep(
        options,
        batch.events.flatMap((event) => mailingAbout(options, batch, event)),
      );
      if (batch.events.some(({ type }) => type === 'loan.funded' || type === 'loan.closed')) await tellAll(options, batch);
    },
  };
}

function mailingAbout(options: MailOptions, batch: EventBatch, event: LoanEvent): OutgoingMail[] {
  switch (event.type) {
    case 'lender.invited':
      return [toLender(options, batch, 'invitation', event.lender)];
    case 'lender.accepted':
      return [toBorrower(options, batch, 'accepted', event.lender)];
    case 'lender.declined':
      return [toBorrower(options, batch, 'declined', event.lender)];
    default:
      return [];
  }
}

/** That a loan is funded, its borrower and everybody learn who takes part. */
async function tellAll(options: MailOptions, batch: EventBatch): Promise<void> {
  await keep(options, [toBorrower(options, batch, 'funded', null)]);
  let after: LenderId | undefined;
  for (let isMore = true; isMore; ) {
    const rows = await options.store.list(participantsOf(batch.loan.loanId, after, PAGE_SIZE));
    const accepted = rows.filter(({ data }) => data.status === 'accepted');
    await keep(
      options,
      accepted.map(({ data }) => toLender(options, batch, 'funded', data)),
    );
    after = rows.at(-1)?.data.lenderId;
    isMore = rows.length === PAGE_SIZE;
  }
}

function toLender(options: MailOptions, batch: EventBatch, kind: MailKind, lender: Lender): OutgoingMail {
  return outgoingMail(options, batch, { kind, lenderId: lender.lenderId, round: lender.round, to: lender.email });
}

/** @param lender whom it is about; null where it is about the whole loan */
function toBorrower(options: MailOptions, batch: EventBatch, kind: MailKind, lender: Lender | null): OutgoingMail {
  const { borrowerEmail }: Loan = batch.loan;
  return outgoingMail(options, batch, { kind, lenderId: lender?.lenderId ?? null, round: lender?.round ?? 0, to: borrowerEmail });
}

type About = Pick<OutgoingMail, 'kind' | 'lenderId' | 'round' | 'to'>;

function outgoingMail(
  { ids, clock }: MailOptions,
  { loan: { loanId }, requestId, traceparent }: EventBatch,
  about: About,
): OutgoingMail {
  const mailId = ids.outgoingMail(about.kind, loanId, about.lenderId, about.round);
  return createOutgoingMail({ ...about, mailId, loanId, requestId, traceparent }, clock());
}

async function keep({ store, ids }: MailOptions, outgoingMails: readonly OutgoingMail[]): Promise<void> {
  const writes = outgoingMails.map((one) => outgoingMailWrite(one, 0));
  if (writes.length === 0) return;
  const result = await store.commit(ids.command(), writes);
  if (result.committed) return;
  // Some of them are written down already, as the chapter was here before: a refusal leaves these as they are.
  for (const write of writes.filter((_, position) => !result.current.get(position))) await store.commit(ids.command(), [write]);
}
