import { type DueKind, dueShards, timeAt } from './keys.ts';
import type { IndexRow, Store } from './store.ts';

export interface DueLimits {
  /** Of one place at a time: more wait for the next page. */
  readonly pageSize: number;
  /** Of each place, in all. */
  readonly maxPerShard?: number;
  /** Whether another page may be begun; always if left out. */
  readonly canContinue?: () => boolean;
}

interface DueServices {
  readonly store: Pick<Store, 'listIndex'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Goes through all of a kind that waits and whose time has come, all places of it at once.
 * @param see to the things of one page, the longest due first
 * @returns when the next one is due, epoch milliseconds; undefined where none is known of
 */
export async function processDue(
  ground: DueServices,
  kind: DueKind,
  bounds: DueLimits,
  see: (due: readonly IndexRow[]) => Promise<unknown>,
): Promise<number | undefined> {
  const next = await Promise.all(dueShards(kind).map((place) => processShard(ground, place, bounds, see)));
  const times = next.filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

async function processShard(
  { store, clock }: DueServices,
  partition: string,
  { pageSize, maxPerShard = Number.POSITIVE_INFINITY, canContinue = () => true }: DueLimits,
  see: (due: readonly IndexRow[]) => Promise<unknown>,
): Promise<number | undefined> {
  const limit = Math.min(pageSize, maxPerShard);
  let after: string | undefined;
  for (let left = maxPerShard; left > 0 && canContinue(); left -= limit) {
    const hits = await store.listIndex({ partition, order: 'ascending', limit, ...(after !== undefined && { after }) });
    const now = clock();
    const due = hits.filter(({ position }) => timeAt(position) <= now);
    if (due.length > 0) await see(due);
    const next = hits[due.length]?.position;
    if (next !== undefined) return timeAt(next);
    if (hits.length < limit) return undefined;
    after = hits.at(-1)?.position;
  }
  return undefined;
}
