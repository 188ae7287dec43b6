import { notFound } from '../../domain/errors.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { declineByMail } from '../../domain/invitation.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import type { View } from '../../execution/view.ts';
import { lenderKey, loanKey, optOutKey } from '../../storage/keys.ts';

/* What the links in e-mails allow without an account. The caller has verified the link. */

/** The recipient of a mail, from its link; `lenderId` is null for the borrower. */
interface Recipient<Id = LenderId | null> {
  readonly loanId: LoanId;
  readonly lenderId: Id;
  readonly round: number;
}

type RequestTrace = Pick<RequestMetadata, 'requestId' | 'traceparent'>;

/** @throws DomainError where the invitation has ended otherwise, or belongs to an account */
export function declineInvitationByMail(services: Services, recipient: Recipient<LenderId>, trace: RequestTrace): Promise<void> {
  const { loanId, lenderId, round } = recipient;
  const keys = [loanKey(loanId), lenderKey(loanId, lenderId)] as const;
  const metadata = { at: services.clock(), actor: 'lender', actorId: null, ...trace } as const;

  function decide(view: View): Decision<void> {
    try {
      const [loan, lender] = [view.at(keys[0]), view.at(keys[1])];
      if (!loan || !lender) throw notFound('invitation');
      const change = declineByMail(loan.data, lender.data, round, metadata.at);
      if (!change) return { kind: 'answer', result: undefined, readSet: keys };
      return { kind: 'commit', result: undefined, writes: changeWrites(view, change, metadata), readSet: keys };
    } catch (refusal) {
      return { kind: 'refusal', refusal, readSet: keys };
    }
  }

  const work = () => services.mutex.runExclusive([keys[0].partition], () => decideAndCommit(services, { keys, decide }));
  return measured(services, 'DeclineByMail', trace, work);
}

/** Stops all further mail to the recipient's address. */
export function optOutOfMail(services: Services, recipient: Recipient, trace: RequestTrace): Promise<void> {
  const { store, ids, clock } = services;
  return measured(services, 'OptOutOfMail', trace, async () => {
    const key = optOutKey(await addressOf(services, recipient));
    await store.commit(ids.command(), [{ key, expected: 0, data: { at: clock() } }]); // rejected where it exists already
  });
}

async function addressOf({ store }: Services, { loanId, lenderId }: Recipient) {
  if (lenderId === null) {
    const [loan] = await store.get([loanKey(loanId)]);
    if (!loan) throw notFound('loan');
    return loan.data.borrowerEmail;
  }
  const [lender] = await store.get([lenderKey(loanId, lenderId)]);
  if (!lender) throw notFound('invitation');
  return lender.data.email;
}

/** Reports to telemetry like any other request. */
async function measured(services: Services, endpoint: string, trace: RequestTrace, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const failure = await work().then(() => undefined, toDomainError);
  services.telemetry.requestEnded({
    ...trace,
    endpoint,
    durationMs: performance.now() - started,
    failure,
    lendersAdded: 0,
    userId: undefined,
    replayedRequestId: undefined,
  });
  if (failure) throw failure;
}
