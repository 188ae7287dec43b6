import { LRUCache } from 'lru-cache';
import type { CommandId } from '../domain/ids.ts';
import { isCacheable } from '../storage/keys.ts';
import type { CommitResult, Item, Key, Write } from '../storage/store.ts';
import { keyText, View } from './view.ts';

/** Each is of a few hundred bytes: some 10 MB at most. */
const ITEMS_MAX = 20_000;

/**
 * What this process last saw of loans, their lenders and counters, so that a command may propose its commit without
 * looking first. Others may have changed all of it: nothing is believed that a commit did not check.
 */
export class ViewCache {
  readonly #items = new LRUCache<string, Item<unknown>>({ max: ITEMS_MAX });

  /**
   * @param anchor what must be remembered for a guess to be worth a try; undefined where the command needs nothing
   * @returns a view in which whatever is not remembered does not stand
   */
  cachedView(keys: readonly Key<unknown>[], anchor: Key<unknown> | undefined): View | undefined {
    if (anchor && !this.#items.has(keyText(anchor))) return undefined;
    return View.guessed(
      keys,
      keys.map((key) => this.#items.get(keyText(key))),
    );
  }

  /** What was seen at a key. */
  put(key: Key<unknown>, item: Item<unknown> | undefined): void {
    if (item && isCacheable(key)) this.#items.set(keyText(key), item);
    else this.#items.delete(keyText(key));
  }

  /** What stands since a command's commit was written, or refused. */
  learn(command: CommandId, writes: readonly Write[], result: CommitResult): void {
    for (const [position, write] of writes.entries()) {
      const { key, expected } = write;
      if (result.committed) this.put(key, 'data' in write ? { key, version: expected + 1, command, data: write.data } : undefined);
      else if (result.current.has(position)) this.put(key, result.current.get(position));
    }
  }

  /** What a commit was to write of which nobody knows whether it did. */
  invalidate(writes: readonly Write[]): void {
    for (const { key } of writes) this.#items.delete(keyText(key));
  }
}
