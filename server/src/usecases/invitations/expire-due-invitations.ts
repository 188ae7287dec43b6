import type { LoanId } from '../../domain/ids.ts';
import type { CoreServices } from '../../execution/services.ts';
import { processDue } from '../../storage/due-items.ts';
import { loanIdOf, loanKey } from '../../storage/keys.ts';
import { BATCHES_PER_CALL, expireInvitations } from './expire-invitations.ts';

/** Expiry batches that are read at a time. */
const PAGE_SIZE = 100;

export interface ExpirySweepResult {
  /** Loans whose due invitations were processed. */
  readonly loans: number;
  /** When the next known invitation expires; epoch milliseconds. */
  readonly next: number | undefined;
}

/**
 * Writes the expiry of all expired invitations, in all loans. It alternates between loans, and between them and the commands that
 * wait for their lock. An error in one loan does not stop the others: the next sweep retries it.
 * @param signal ends the sweep once it is aborted; the next one continues
 */
export async function expireDueInvitations(
  services: CoreServices,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<ExpirySweepResult> {
  const canContinue = () => !signal?.aborted;
  const loans = new Set<LoanId>();
  const next = await processDue(services, 'expiry', { pageSize: PAGE_SIZE, canContinue }, async (due) => {
    const batches = Map.groupBy(due, ({ key }) => loanIdOf(key.partition));
    for (let run = 0; run < PAGE_SIZE / BATCHES_PER_CALL; run += 1) {
      for (const [loanId, { length }] of batches) {
        if (!canContinue()) return;
        loans.add(loanId);
        const isMore = await expireSome(services, loanId).catch(onError);
        if (!isMore || length <= (run + 1) * BATCHES_PER_CALL) batches.delete(loanId);
      }
    }
  });
  return { loans: loans.size, next };
}

/** @returns whether more may be left */
async function expireSome(services: CoreServices, loanId: LoanId): Promise<boolean> {
  const { mutex, ids } = services;
  const trace = { requestId: ids.request(), traceparent: null };
  const batches = await mutex.runExclusive([loanKey(loanId).partition], (deadline) =>
    expireInvitations(services, loanId, trace, deadline),
  );
  return batches === BATCHES_PER_CALL;
}
