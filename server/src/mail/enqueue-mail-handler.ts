import type { Chapter } from '../domain/event-batch.ts';
import type { Ids, LenderId } from '../domain/ids.ts';
import type { Participant } from '../domain/lender.ts';
import type { Loan } from '../domain/loan.ts';
import type { Happening } from '../domain/loan-events.ts';
import { type Mailing, type MailingKind, mailingOf } from '../domain/outgoing-mail.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import type { Reactor } from '../outbox/dispatcher.ts';
import { participantsOf } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';

/** Rows of a loan that are looked at, and mails that are written down, at a time. */
const PAGE_SIZE = 50;

interface MailOptions {
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly ids: Pick<Ids, 'command' | 'mailing'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Writes down the mails that follow from what has happened. A chapter that comes again finds them written down already. */
export function mailReactor(options: MailOptions): Reactor {
  return {
    name: 'mail',
    async react(chapter) {
      await keep(
        options,
        chapter.happenings.flatMap((happening) => mailingAbout(options, chapter, happening)),
      );
      if (chapter.happenings.some(({ type }) => type === 'loan.funded' || type === 'loan.closed')) await tellAll(options, chapter);
    },
  };
}

function mailingAbout(options: MailOptions, chapter: Chapter, happening: Happening): Mailing[] {
  switch (happening.type) {
    case 'lender.invited':
      return [toLender(options, chapter, 'invitation', happening.lender)];
    case 'lender.accepted':
      return [toBorrower(options, chapter, 'accepted', happening.lender)];
    case 'lender.declined':
      return [toBorrower(options, chapter, 'declined', happening.lender)];
    default:
      return [];
  }
}

/** That a loan is funded, its borrower and everybody learn who takes part. */
async function tellAll(options: MailOptions, chapter: Chapter): Promise<void> {
  await keep(options, [toBorrower(options, chapter, 'funded', null)]);
  let after: LenderId | undefined;
  for (let isMore = true; isMore; ) {
    const rows = await options.store.list(participantsOf(chapter.loan.loanId, after, PAGE_SIZE));
    const accepted = rows.filter(({ data }) => data.status === 'accepted');
    await keep(
      options,
      accepted.map(({ data }) => toLender(options, chapter, 'funded', data)),
    );
    after = rows.at(-1)?.data.lenderId;
    isMore = rows.length === PAGE_SIZE;
  }
}

function toLender(options: MailOptions, chapter: Chapter, kind: MailingKind, lender: Participant): Mailing {
  return mailing(options, chapter, { kind, lenderId: lender.lenderId, round: lender.round, to: lender.email });
}

/** @param lender whom it is about; null where it is about the whole loan */
function toBorrower(options: MailOptions, chapter: Chapter, kind: MailingKind, lender: Participant | null): Mailing {
  const { borrowerEmail }: Loan = chapter.loan;
  return mailing(options, chapter, { kind, lenderId: lender?.lenderId ?? null, round: lender?.round ?? 0, to: borrowerEmail });
}

type About = Pick<Mailing, 'kind' | 'lenderId' | 'round' | 'to'>;

function mailing({ ids, clock }: MailOptions, { loan: { loanId }, requestId, traceparent }: Chapter, about: About): Mailing {
  const mailingId = ids.mailing(about.kind, loanId, about.lenderId, about.round);
  return mailingOf({ ...about, mailingId, loanId, requestId, traceparent }, clock());
}

async function keep({ store, ids }: MailOptions, mailings: readonly Mailing[]): Promise<void> {
  const writes = mailings.map((one) => mailingWrite(one, 0));
  if (writes.length === 0) return;
  const result = await store.commit(ids.command(), writes);
  if (result.committed) return;
  // Some of them are written down already, as the chapter was here before: a refusal leaves these as they are.
  for (const write of writes.filter((_, position) => !result.standing.get(position))) await store.commit(ids.command(), [write]);
}
