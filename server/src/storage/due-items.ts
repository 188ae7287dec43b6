import { type DueKind, dueShards, positionAt, timeAt } from './index-keys.ts';
import type { IndexRow, Store } from './store.ts';

export interface DueLimits {
  /** Items of one shard that are processed together. */
  readonly pageSize: number;
  /** Items of one shard, in all; default: no limit. */
  readonly maxPerShard?: number;
  /** Whether another page may be started; default: always. */
  readonly canContinue?: () => boolean;
  /** Default: items are never processed before their time. */
  readonly clockCheck?: ClockCheck;
}

/**
 * Finds items that were scheduled while the clock was ahead: they would wait for as long as it was set back. It is done by a
 * process's first run, and after each time that the clock was set back, until a run has succeeded.
 */
export class ClockCheck {
  readonly #aheadMsMax: number;
  #last = Number.POSITIVE_INFINITY;

  /** @param aheadMsMax the longest time for which items of the kind are scheduled ahead; further ones are due */
  constructor(aheadMsMax: number) {
    this.#aheadMsMax = aheadMsMax;
  }

  /** @returns the time from which on items are due after all; undefined if the clock was not set back since the last success */
  dueFrom(now: number): number | undefined {
    return now < this.#last ? now + this.#aheadMsMax : undefined;
  }

  succeeded(now: number): void {
    this.#last = now;
  }
}

/** @param at when an item is scheduled @param aheadMsMax as of `ClockCheck` */
export function isDueAt(at: number, now: number, aheadMsMax: number): boolean {
  return at <= now || at > now + aheadMsMax;
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
  const { clockCheck, canContinue = () => true } = limits;
  const startedAt = services.clock();
  const dueFrom = clockCheck?.dueFrom(startedAt);
  const next = await Promise.all(
    dueShards(kind).map(async (shard) => {
      if (dueFrom !== undefined) await processFrom(services, shard, { ...limits, dueFrom }, handlePage);
      return processShard(services, shard, limits, handlePage);
    }),
  );
  if (canContinue()) clockCheck?.succeeded(startedAt);
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

/** Processes the items of a shard that are scheduled after `dueFrom`. */
async function processFrom(
  { store }: DueServices,
  partition: string,
  { pageSize, canContinue = () => true, dueFrom }: DueLimits & { readonly dueFrom: number },
  handlePage: (due: readonly IndexRow[]) => Promise<unknown>,
): Promise<void> {
  let after = positionAt(dueFrom);
  while (canContinue()) {
    const rows = await store.listIndex({ partition, order: 'ascending', limit: pageSize, after });
    if (rows.length > 0) await handlePage(rows);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = last.position;
  }
}
