import type { LoanId } from '../../domain/ids.ts';
import { expire } from '../../domain/invitation.ts';
import type { ExpiryBatch } from '../../domain/lender.ts';
import { changeWrites } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { CoreServices } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { expiriesOf, lenderKey, loanKey } from '../../storage/keys.ts';
import type { Item } from '../../storage/store.ts';

/** Expiry batches per call, each a commit: a loan may have thousands, and others wait for its lock meanwhile. */
export const BATCHES_PER_CALL = 5;

/**
 * Writes the expiry of some of a loan's expired invitations, the earliest first, which frees their amounts. The caller holds the
 * loan's lock.
 * @param deadline of `Store.commit`
 * @returns how many expiry batches it has processed; below `BATCHES_PER_CALL` none is left
 */
export async function expireInvitations(
  services: CoreServices,
  loanId: LoanId,
  request: RequestMetadata,
  deadline: number,
): Promise<number> {
  const now = services.clock();
  const [loan] = await services.store.get([loanKey(loanId)]);
  const batches = await services.store.list(expiriesOf(loanId, BATCHES_PER_CALL + 1));
  const due = batches.slice(0, BATCHES_PER_CALL).filter(({ data }) => data.expiresAt <= now);
  let version = loan?.version ?? 0;
  for (const [index, batch] of due.entries()) {
    const nextExpiry = batches[index + 1]?.data.expiresAt ?? null;
    version = await expireBatch(services, loanId, { batch, nextExpiry, version, now, request, deadline });
  }
  return due.length;
}

interface BatchExpiry {
  readonly batch: Item<ExpiryBatch>;
  /** Expiry of the following batch, as of this version of the loan. */
  readonly nextExpiry: number | null;
  readonly version: number;
  readonly now: number;
  readonly request: RequestMetadata;
  readonly deadline: number;
}

/** @returns the loan's version afterwards, unless another process changes it */
async function expireBatch(services: CoreServices, loanId: LoanId, expiry: BatchExpiry): Promise<number> {
  const { batch, version, now, request, deadline } = expiry;
  const { invitations } = batch.data;
  const keys = [loanKey(loanId), batch.key, ...invitations.map(({ lenderId }) => lenderKey(loanId, lenderId))];
  const metadata = { at: now, actor: 'system', actorId: null, ...request } as const;

  function decide(view: View): Decision<number> {
    const current = view.at(batch.key);
    const loan = view.at(loanKey(loanId));
    if (!current || !loan) return { result: version, writes: [] }; // another process was faster
    const lenders = invitations.flatMap(({ lenderId, round }) => {
      const lender = view.at(lenderKey(loanId, lenderId))?.data;
      return lender?.round === round ? [lender] : []; // else invited again since
    });
    // Another process may have sent an invitation since that expires before the next known one.
    const nextExpiry = loan.version === version ? expiry.nextExpiry : loan.data.nextExpiry;
    const change = expire(loan.data, lenders, nextExpiry, now);
    const removal = { key: batch.key, expected: current.version, isDelete: true } as const;
    const writes = [...(change ? changeWrites(view, change, metadata) : []), removal];
    return { result: version + (change ? 1 : 0), writes };
  }

  return decideAndCommit(services, { keys, decide, deadline });
}
