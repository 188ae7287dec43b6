import type { MailLane } from '../domain/mail/mail-queue.ts';
import { mailQueueShards, startOfLane, turnAt } from '../storage/index-keys.ts';
import type { IndexRow, Store } from '../storage/store.ts';

/** Mailings that are sent before the queue is read again, for mail that comes before the rest. */
const PAGE_SIZE = 8;
/** Bulk mails for each mail by hand, where both are queued, so that other mail slows bulk mail down but does not stop it. */
const BULK_SHARE = 0.25;

/** Reads the mailings to be sent next, in the order of the queue, from the start again for each page. */
export class QueueReader {
  readonly #store: Pick<Store, 'listIndex'>;
  readonly #seen = new Set<string>();
  /** By shard, where to continue after mailings that are stale or have failed. */
  readonly #after = new Map<string, string>();

  /** Shards that were read to their end since the last mailing was found. */
  readonly #atEnd = new Set<number>();
  /** Bulk mails that are due for their share; negative where they have had more. */
  #bulkDue = 0;

  constructor(store: Pick<Store, 'listIndex'>) {
    this.#store = store;
  }

  /** @returns undefined where none is left */
  async nextPage(): Promise<readonly IndexRow[] | undefined> {
    const shards = await Promise.all(mailQueueShards().map((shard) => this.#readShard(shard)));
    const rows = shards.flatMap(({ unseen }) => unseen).toSorted((a, b) => (a.position < b.position ? -1 : 1));
    if (rows.length > 0) this.#atEnd.clear();
    for (const [shard, { isEnd }] of shards.entries()) if (rows.length === 0 && isEnd) this.#atEnd.add(shard);
    if (this.#atEnd.size === shards.length) return undefined;
    const { hand = [], bulk = [] } = Object.groupBy(rows, laneOf);
    if (hand.length === 0) return bulk.slice(0, PAGE_SIZE);
    return [...hand.slice(0, PAGE_SIZE), ...bulk.slice(0, this.#bulkDue >= 0 ? 1 : 0)];
  }

  /** To be called before a mailing is claimed. */
  markSeen({ position }: IndexRow): void {
    this.#seen.add(position);
  }

  /** To be called with the number of mails of a mailing that are sent. */
  markSent(row: IndexRow, mails: number): void {
    this.#bulkDue = Math.min(this.#bulkDue + (laneOf(row) === 'hand' ? mails * BULK_SHARE : -mails), 0);
  }

  async #readShard(partition: string): Promise<{ unseen: readonly IndexRow[]; isEnd: boolean }> {
    const after = this.#after.get(partition);
    const range = { partition, order: 'ascending', limit: PAGE_SIZE } as const;
    const rows = await this.#store.listIndex({ ...range, ...(after !== undefined && { after }) });
    const unseen = rows.filter(({ position }) => !this.#seen.has(position));
    const seenFirst = unseen[0] ? rows.slice(0, rows.indexOf(unseen[0])) : rows;
    const next = (seenFirst.findLast(isByHand) ?? seenFirst.at(-1))?.position;
    if (next === undefined) this.#after.delete(partition);
    else this.#after.set(partition, next);
    const isFull = rows.length === PAGE_SIZE;
    const bulk =
      isFull && rows.every(isByHand) ? await this.#store.listIndex({ ...range, after: startOfLane('bulk'), limit: 1 }) : [];
    return { unseen: [...unseen, ...bulk.filter(({ position }) => !this.#seen.has(position))], isEnd: !isFull };
  }
}

function laneOf({ position }: IndexRow): MailLane {
  return turnAt(position, 'hand') === undefined ? 'bulk' : 'hand';
}

function isByHand(row: IndexRow): boolean {
  return laneOf(row) === 'hand';
}
