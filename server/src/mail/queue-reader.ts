import type { MailLane } from '../domain/mail/mail-queue.ts';
import { mailQueueShards, startOfLane, turnAt } from '../storage/index-keys.ts';
import type { IndexRow, Store } from '../storage/store.ts';

/** Mailings that are sent before the queue is read again, for mail that comes before the rest. */
const PAGE_SIZE = 8;
/** Bulk mails for each mail by hand, where both are queued, so that other mail slows bulk mail down but does not stop it. */
const BULK_SHARE = 0.25;

interface ShardPage {
  readonly partition: string;
  readonly unseen: readonly IndexRow[];
  readonly isEnd: boolean;
  /** Whether all that was read is by hand and has been seen, so that the next page may have more. */
  readonly isPassed: boolean;
}

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
    const shards = await this.#readShards();
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

  /** Mailings by hand may come after pages of them that have failed: bulk mail has to wait until these are passed, once a page. */
  async #readShards(): Promise<readonly ShardPage[]> {
    const pages = new Map<string, ShardPage>();
    let reading = mailQueueShards();
    const hasHand = () => [...pages.values()].some(({ unseen }) => unseen.some(isByHand));
    while (reading.length > 0 && !hasHand()) {
      const read = await Promise.all(reading.map((shard) => this.#readShard(shard)));
      for (const page of read) pages.set(page.partition, page);
      reading = reading.filter((shard) => pages.get(shard)?.isPassed);
    }
    return [...pages.values()]; // in the order of the shards
  }

  async #readShard(partition: string): Promise<ShardPage> {
    const after = this.#after.get(partition);
    const range = { partition, order: 'ascending', limit: PAGE_SIZE } as const;
    const rows = await this.#store.listIndex({ ...range, ...(after !== undefined && { after }) });
    const unseen = rows.filter(({ position }) => !this.#seen.has(position));
    const seenFirst = unseen[0] ? rows.slice(0, rows.indexOf(unseen[0])) : rows;
    const next = (seenFirst.findLast(isByHand) ?? seenFirst.at(-1))?.position;
    if (next === undefined) this.#after.delete(partition);
    else this.#after.set(partition, next);
    const isFull = rows.length === PAGE_SIZE;
    const isAllByHand = isFull && rows.every(isByHand);
    const bulk = isAllByHand ? await this.#store.listIndex({ ...range, after: startOfLane('bulk'), limit: 1 }) : [];
    return {
      partition,
      unseen: [...unseen, ...bulk.filter(({ position }) => !this.#seen.has(position))],
      isEnd: !isFull,
      isPassed: isAllByHand && unseen.length === 0,
    };
  }
}

function laneOf({ position }: IndexRow): MailLane {
  return turnAt(position, 'hand') === undefined ? 'bulk' : 'hand';
}

function isByHand(row: IndexRow): boolean {
  return laneOf(row) === 'hand';
}
