import { notFound } from '../../domain/errors.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { declineByMail } from '../../domain/loan.ts';
import { changeWrites, type Signature } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import type { View } from '../../execution/view.ts';
import { lenderKey, loanKey, optOutKey } from '../../storage/keys.ts';

/* What whoever holds a link of a mail may do without an account. The link was looked at by whoever calls. */

/** Whom a mail was sent to, and in which round; `lenderId` is null for the borrower. */
interface SentTo<Lender> {
  readonly loanId: LoanId;
  readonly lenderId: Lender;
  readonly round: number;
}

type Under = Pick<Signature, 'requestId' | 'traceparent'>;

/** @throws DomainError where the invitation has ended otherwise, or is an account's by now */
export function declineInvitationByMail(services: Services, sentTo: SentTo<LenderId>, under: Under): Promise<void> {
  const { loanId, lenderId, round } = sentTo;
  const keys = [loanKey(loanId), lenderKey(loanId, lenderId)] as const;
  const told = { at: services.clock(), actor: 'lender', actorId: null, ...under } as const;

  function decide(view: View): Decision<void> {
    try {
      const [loan, lender] = [view.at(keys[0]), view.at(keys[1])];
      if (!loan || !lender) throw notFound('invitation');
      const change = declineByMail(loan.data, lender.data, round, told.at);
      if (!change) return { kind: 'answer', result: undefined, readSet: keys };
      return { kind: 'commit', result: undefined, writes: changeWrites(view, change, told), readSet: keys };
    } catch (refusal) {
      return { kind: 'refusal', refusal, readSet: keys };
    }
  }

  const work = () => services.mutex.runExclusive([keys[0].partition], () => decideAndCommit(services, { keys, decide }));
  return counted(services, 'DeclineByMail', under, work);
}

/** No more mail to the address that a mail was sent to. */
export function optOutOfMail(services: Services, sentTo: SentTo<LenderId | null>, under: Under): Promise<void> {
  const { store, ids, clock } = services;
  return counted(services, 'OptOutOfMail', under, async () => {
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

/** Counts it like every other request. */
async function counted(services: Services, endpoint: string, under: Under, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const failure = await work().then(
    () => undefined,
    (thrown: unknown) => toDomainError(thrown),
  );
  const durationMs = performance.now() - started;
  const nobody = { userId: undefined, replayedRequestId: undefined, lendersAdded: 0 };
  services.telemetry.requestEnded({ ...under, ...nobody, endpoint, durationMs, failure });
  if (failure) throw failure;
}
