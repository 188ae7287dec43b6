import { LRUCache } from 'lru-cache';
import type { CommandId } from '../domain/ids.ts';
import { isCacheable } from '../storage/keys.ts';
import { type CommitResult, type Item, type Key, keyText, type Write } from '../storage/store.ts';
import { Snapshot } from './view.ts';

/** An item takes a few hundred bytes, so the cache takes about 10 MB at most. */
const ITEMS_MAX = 20_000;

/**
 * Loans, lenders and counters as this process last read or wrote them, so that a command can try its commit without a read.
 * Other processes may have changed any of them, so nothing in it counts without the check of a commit.
 */
export class ViewCache {
  readonly #items = new LRUCache<string, Item<unknown>>({ max: ITEMS_MAX });

  /**
   * A snapshot in which what is not cached counts as absent.
   * @returns undefined where the first cacheable key is not cached, as a commit would fail then
   */
  snapshot(keys: readonly Key<unknown>[]): Snapshot | undefined {
    const first = keys.find(isCacheable);
    if (first && !this.#items.has(keyText(first))) return undefined;
    return Snapshot.cached(
      keys,
      keys.map((key) => this.#items.get(keyText(key))),
    );
  }

  put(key: Key<unknown>, item: Item<unknown> | undefined): void {
    if (item && isCacheable(key)) this.#items.set(keyText(key), item);
    else this.#items.delete(keyText(key));
  }

  /** Caches what is stored after a commit, whether it succeeded or met a version conflict. */
  update(command: CommandId, writes: readonly Write[], result: CommitResult): void {
    for (const [index, write] of writes.entries()) {
      const { key, expected } = write;
      if (result.committed) this.put(key, 'data' in write ? { key, version: expected + 1, command, data: write.data } : undefined);
      else if (result.current.has(index)) this.put(key, result.current.get(index));
    }
  }

  /** Drops the items of a commit whose outcome is unknown. */
  invalidate(writes: readonly Write[]): void {
    for (const { key } of writes) this.#items.delete(keyText(key));
  }
}
