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
  const found = new Set<LoanId>();
  const left = new Set<LoanId>();

  async function expireSomeOfEach(loanIds: Iterable<LoanId>): Promise<void> {
    for (const loanId of loanIds) {
      if (!canContinue()) return;
      let isMore = false; // after an error the next sweep retries it
      try {
        isMore = await expireSome(services, loanId);
      } catch (error) {
        onError(error);
      }
      if (isMore) left.add(loanId);
      else left.delete(loanId);
    }
  }

  const next = await processDue(services, 'expiry', { pageSize: PAGE_SIZE, canContinue }, async (due) => {
    const loanIds = new Set(due.map(({ key }) => loanIdOf(key.partition)));
    for (const loanId of loanIds) found.add(loanId);
    await expireSomeOfEach(loanIds); // a loan of many batches must not keep the loans of later pages waiting
  });
  while (left.size > 0 && canContinue()) await expireSomeOfEach([...left]);
  return { loans: found.size, next };
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
