import { notFound } from '../../domain/errors.ts';
import type { LenderId, LoanId } from '../../domain/ids.ts';
import { declineByMail } from '../../domain/invitation.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { Services } from '../../execution/services.ts';
import { trackRequest } from '../../execution/track-request.ts';
import type { View } from '../../execution/view.ts';
import { lenderKey, loanKey, optOutKey } from '../../storage/keys.ts';

/* What the links in e-mails allow without an account. The caller has verified the link. */

/** The recipient of a mail, from its link; `lenderId` is null for the borrower. */
interface Recipient<Id = LenderId | null> {
  readonly loanId: LoanId;
  readonly lenderId: Id;
  readonly round: number;
}

/** @throws DomainError where the invitation has ended otherwise, or belongs to an account */
export function declineInvitationByMail(
  services: Services,
  recipient: Recipient<LenderId>,
  request: RequestMetadata,
): Promise<void> {
  const { loanId, lenderId, round } = recipient;
  const [loanAt, lenderAt] = [loanKey(loanId), lenderKey(loanId, lenderId)];
  const decide = (view: View): Decision<void> => {
    const [loan, lender] = [view.at(loanAt), view.at(lenderAt)];
    if (!loan || !lender) throw notFound('invitation');
    const now = services.clock();
    const change = declineByMail(loan.data, lender.data, round, now);
    const metadata = { at: now, actor: 'lender', actorId: null, ...request } as const;
    return { result: undefined, writes: change ? changeWrites(view, change, metadata) : [] };
  };
  return tracked(services, 'DeclineByMail', request, () =>
    services.mutex.runExclusive([loanAt.partition], (deadline) =>
      decideAndCommit(services, { keys: [loanAt, lenderAt], decide, deadline }),
    ),
  );
}

/** Stops all further mail to the recipient's address. */
export function optOutOfMail(services: Services, recipient: Recipient, request: RequestMetadata): Promise<void> {
  const { store, ids, clock } = services;
  return tracked(services, 'OptOutOfMail', request, async () => {
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

/** Reports to telemetry like any other request. @throws DomainError */
async function tracked(services: Services, endpoint: string, request: RequestMetadata, work: () => Promise<void>): Promise<void> {
  const error = await trackRequest(services.telemetry, endpoint, request, {}, work);
  if (error) throw error;
}
