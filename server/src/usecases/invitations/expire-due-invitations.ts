import type { Groundwork } from '../../execution/services.ts';
import { seeToDue } from '../../storage/due-items.ts';
import { loanIdOf, loanKey } from '../../storage/keys.ts';
import { expireInvitations } from './expire-invitations.ts';

const PAGE_SIZE = 100;

export interface Swept {
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
export async function expireDue(services: Groundwork, onFault: (fault: unknown) => void, ending?: AbortSignal): Promise<Swept> {
  const { turns, ids } = services;
  const goesOn = () => !ending?.aborted;
  let loans = 0;
  const next = await seeToDue(services, 'due', { pageSize: PAGE_SIZE, goesOn }, async (due) => {
    for (const loanId of new Set(due.map(({ key }) => loanIdOf(key.partition)))) {
      if (!goesOn()) return;
      const under = { requestId: ids.request(), traceparent: null };
      await turns.take([loanKey(loanId).partition], () => expireInvitations(services, loanId, under)).catch(onFault);
      loans += 1;
    }
  });
  return { loans, next };
}
