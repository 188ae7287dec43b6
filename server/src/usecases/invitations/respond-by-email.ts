import { notFound } from '../../domain/errors.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { declineByMail } from '../../domain/loan.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { decideAndCommit } from '../../execution/decide-and-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { Services } from '../../execution/services.ts';
import { trackRequest } from '../../execution/track-request.ts';
import { lenderKey, loanKey, optOutKey } from '../../storage/keys.ts';

/* What whoever holds a link of a mail may do without an account. The link was looked at by whoever calls. */

/** Whom a mail was sent to, and in which round; `lenderId` is null for the borrower. */
interface SentTo<Lender> {
  readonly loanId: LoanId;
  readonly lenderId: Lender;
  readonly round: number;
}

/** @throws DomainError where the invitation has ended otherwise, or is an account's by now */
export function declineInvitationByMail(services: Services, sentTo: SentTo<LenderId>, request: RequestMetadata): Promise<void> {
  const { loanId, lenderId, round } = sentTo;
  const keys = [loanKey(loanId), lenderKey(loanId, lenderId)] as const;
  return tracked(services, 'DeclineByMail', request, () =>
    services.mutex.runExclusive([keys[0].partition], () => {
      const now = services.clock();
      return decideAndCommit(services, {
        keys,
        decide(view) {
          const [loan, lender] = [view.at(keys[0]), view.at(keys[1])];
          if (!loan || !lender) throw notFound('invitation');
          const change = declineByMail(loan.data, lender.data, round, now);
          const metadata = { at: now, actor: 'lender', actorId: null, ...request } as const;
          return { result: undefined, writes: change ? changeWrites(view, change, metadata) : [] };
        },
      });
    }),
  );
}

/** No more mail to the address that a mail was sent to. */
export function optOutOfMail(services: Services, sentTo: SentTo<LenderId | null>, request: RequestMetadata): Promise<void> {
  const { store, ids, clock } = services;
  return tracked(services, 'OptOutOfMail', request, async () => {
    const email = await addressOf(services, sentTo);
    const { committed } = await store.commit(ids.command(), [{ key: optOutKey(email), expected: 0, data: { at: clock() } }]);
    return void committed; // refused, it stands already
  });
}

async function addressOf({ store }: Services, { loanId, lenderId }: SentTo<LenderId | null>) {
  if (lenderId === null) {
    const [loan] = await store.get([loanKey(loanId)]);
    if (!loan) throw notFound('loan');
    return loan.data.borrowerEmail;
  }
  const [lender] = await store.get([lenderKey(loanId, lenderId)]);
  if (!lender) throw notFound('invitation');
  return lender.data.email;
}

/** Counts it like every other request. @throws DomainError */
async function tracked(services: Services, endpoint: string, request: RequestMetadata, work: () => Promise<void>): Promise<void> {
  const error = await trackRequest(services.telemetry, endpoint, request, {}, work);
  if (error) throw error;
}
