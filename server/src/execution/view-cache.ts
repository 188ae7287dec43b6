import { LRUCache } from 'lru-cache';
import type { CommandId } from '../domain/ids.ts';
import { isViewed } from '../storage/keys.ts';
import type { CommitResult, Item, Key, Write } from '../storage/store.ts';
import { placeOf, View } from './view.ts';

/** Each is of a few hundred bytes: some 10 MB at most. */
const ITEMS_MAX = 20_000;

/**
 * What this process last saw of loans, their lenders and counters, so that a command may propose its commit without
 * looking first. Others may have changed all of it: nothing is believed that a commit did not check.
 */
export class Hints {
  readonly #items = new LRUCache<string, Item<unknown>>({ max: ITEMS_MAX });

  /**
   * @param anchor what must be remembered for a guess to be worth a try; undefined where the command needs nothing
   * @returns a view in which whatever is not remembered does not stand
   */
  guess(keys: readonly Key<unknown>[], anchor: Key<unknown> | undefined): View | undefined {
    if (anchor && !this.#items.has(placeOf(anchor))) return undefined;
    return View.guessed(
      keys,
      keys.map((key) => this.#items.get(placeOf(key))),
    );
  }

  /** What was seen at a key. */
  saw(key: Key<unknown>, item: Item<unknown> | undefined): void {
    if (item && isViewed(key)) this.#items.set(placeOf(key), item);
    else this.#items.delete(placeOf(key));
  }

  /** What stands since a command's commit was written, or refused. */
  learn(command: CommandId, writes: readonly Write[], result: CommitResult): void {
    for (const [position, write] of writes.entries()) {
      const { key, expected } = write;
      if (result.committed) this.saw(key, 'data' in write ? { key, version: expected + 1, command, data: write.data } : undefined);
      else if (result.standing.has(position)) this.saw(key, result.standing.get(position));
    }
  }

  /** What a commit was to write of which nobody knows whether it did. */
  doubt(writes: readonly Write[]): void {
    for (const { key } of writes) this.#items.delete(placeOf(key));
  }
}
