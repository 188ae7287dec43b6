import type { CoreServices } from '../../execution/services.ts';
import { processDue } from '../../storage/due-items.ts';
import { loanIdOf, loanKey } from '../../storage/keys.ts';
import { expireInvitations } from './expire-invitations.ts';

const PAGE_SIZE = 100;

export interface ExpirySweepResult {
  /** Loans whose invitations were seen to. */
  readonly loans: number;
  /** When the next invitation expires that is known of; epoch milliseconds. */
  readonly next: number | undefined;
}

/**
 * Frees the amounts of all invitations whose time is over, in whatever loan. Told of a loan that fails, it goes on with the
 * others: what is still due is found again by the next sweep.
 * @param ending begins no further loan once it is aborted
 */
export async function expireDueInvitations(
  services: CoreServices,
  onFault: (fault: unknown) => void,
  ending?: AbortSignal,
): Promise<ExpirySweepResult> {
  const { mutex, ids } = services;
  const canContinue = () => !ending?.aborted;
  let loans = 0;
  const next = await processDue(services, 'expiry', { pageSize: PAGE_SIZE, canContinue }, async (due) => {
    for (const loanId of new Set(due.map(({ key }) => loanIdOf(key.partition)))) {
      if (!canContinue()) return;
      const under = { requestId: ids.request(), traceparent: null };
      await mutex.runExclusive([loanKey(loanId).partition], () => expireInvitations(services, loanId, under)).catch(onFault);
      loans += 1;
    }
  });
  return { loans, next };
}
