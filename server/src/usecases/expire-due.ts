import { loanIdOf, loanKey, timeAt, waitingPlaces } from '../storage/keys.ts';
import { expireInvitations } from './expire-invitations.ts';
import type { Groundwork } from './services.ts';

/** Of one shard at a time: more wait for the next page. */
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
  const shards = await Promise.all(waitingPlaces('due').map((place) => expireShard(services, place, { onFault, ending })));
  const times = shards.flatMap(({ next }) => next ?? []);
  return {
    loans: shards.reduce((sum, { loans }) => sum + loans, 0),
    next: times.length > 0 ? Math.min(...times) : undefined,
  };
}

interface Sweep {
  readonly onFault: (fault: unknown) => void;
  readonly ending: AbortSignal | undefined;
}

async function expireShard(services: Groundwork, partition: string, { onFault, ending }: Sweep): Promise<Swept> {
  const { store, turns, ids, clock } = services;
  let loans = 0;
  for (let after: string | undefined; ; ) {
    const hits = await store.listIndex({ partition, order: 'ascending', limit: PAGE_SIZE, ...(after !== undefined && { after }) });
    const now = clock();
    const due = hits.filter(({ position }) => timeAt(position) <= now);
    for (const loanId of new Set(due.map(({ key }) => loanIdOf(key.partition)))) {
      if (ending?.aborted) return { loans, next: undefined };
      const under = { requestId: ids.request(), traceparent: null };
      await turns.take([loanKey(loanId).partition], () => expireInvitations(services, loanId, under)).catch(onFault);
      loans += 1;
    }
    const next = hits[due.length]?.position;
    if (next !== undefined) return { loans, next: timeAt(next) };
    if (hits.length < PAGE_SIZE) return { loans, next: undefined };
    after = hits.at(-1)?.position;
  }
}
