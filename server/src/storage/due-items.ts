import { type DueKind, dueShards, timeAt } from './keys.ts';
import type { IndexRow, Store } from './store.ts';

export interface DueLimits {
  /** Items of one shard that are processed together. */
  readonly pageSize: number;
  /** Items of one shard, in all; default: no limit. */
  readonly maxPerShard?: number;
  /** Whether another page may be started; default: always. */
  readonly canContinue?: () => boolean;
}

interface DueServices {
  readonly store: Pick<Store, 'listIndex'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Processes all due items of a kind, the shards of the index concurrently.
 * @param handlePage gets the due items of one page, longest due first
 * @returns when the next item is due, epoch milliseconds; undefined where none is known
 */
export async function processDue(
  services: DueServices,
  kind: DueKind,
  limits: DueLimits,
  handlePage: (due: readonly IndexRow[]) => Promise<unknown>,
): Promise<number | undefined> {
  const next = await Promise.all(dueShards(kind).map((shard) => processShard(services, shard, limits, handlePage)));
  const times = next.filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
}

async function processShard(
  { store, clock }: DueServices,
  partition: string,
  { pageSize, maxPerShard = Number.POSITIVE_INFINITY, canContinue = () => true }: DueLimits,
  handlePage: (due: readonly IndexRow[]) => Promise<unknown>,
): Promise<number | undefined> {
  const limit = Math.min(pageSize, maxPerShard);
  let after: string | undefined;
  for (let left = maxPerShard; left > 0 && canContinue(); left -= limit) {
    const rows = await store.listIndex({ partition, order: 'ascending', limit, ...(after !== undefined && { after }) });
    const now = clock();
    const due = rows.filter(({ position }) => timeAt(position) <= now);
    if (due.length > 0) await handlePage(due);
    const next = rows[due.length]?.position;
    if (next !== undefined) return timeAt(next);
    if (rows.length < limit) return undefined;
    after = rows.at(-1)?.position;
  }
  return undefined;
}
