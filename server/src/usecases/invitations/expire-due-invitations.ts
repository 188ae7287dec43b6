import type { CoreServices } from '../../execution/services.ts';
import { processDue } from '../../storage/due-items.ts';
import { loanIdOf, loanKey } from '../../storage/keys.ts';
import { expireInvitations } from './expire-invitations.ts';

const PAGE_SIZE = 100;

export interface ExpirySweepResult {
  /** Loans whose due invitations were processed. */
  readonly loans: number;
  /** When the next known invitation expires; epoch milliseconds. */
  readonly next: number | undefined;
}

/**
 * Writes the expiry of all expired invitations, in all loans. An error in one loan does not stop the others: the next
 * sweep retries it.
 * @param signal aborts before the next loan
 */
export async function expireDueInvitations(
  services: CoreServices,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<ExpirySweepResult> {
  const { mutex, ids } = services;
  const canContinue = () => !signal?.aborted;
  let loans = 0;
  const next = await processDue(services, 'expiry', { pageSize: PAGE_SIZE, canContinue }, async (due) => {
    for (const loanId of new Set(due.map(({ key }) => loanIdOf(key.partition)))) {
      if (!canContinue()) return;
      const trace = { requestId: ids.request(), traceparent: null };
      await mutex.runExclusive([loanKey(loanId).partition], () => expireInvitations(services, loanId, trace)).catch(onError);
      loans += 1;
    }
  });
  return { loans, next };
}
