import { type Item, type Key, keyText, type Write } from '../storage/store.ts';

/** Items by key as of one moment. Those from the view cache may be stale, and of different times. */
export class Snapshot {
  readonly #items: ReadonlyMap<string, Item<unknown> | undefined>;
  /** The keys that were read from the store, all as of one moment. */
  readonly #consistent: { has(key: string): boolean };

  private constructor(items: ReadonlyMap<string, Item<unknown> | undefined>, consistent: { has(key: string): boolean }) {
    this.#items = items;
    this.#consistent = consistent;
  }

  /** @param items in the order of `keys`, from one consistent read; undefined where there is no item */
  static read(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]): Snapshot {
    const byKey = itemsByKey(keys, items);
    return new Snapshot(byKey, byKey);
  }

  /** @param items in the order of `keys`, from the cache; undefined where none is cached */
  static cached(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]): Snapshot {
    return new Snapshot(itemsByKey(keys, items), new Set());
  }

  /** @param key as `keyText` writes it */
  has(key: string): boolean {
    return this.#items.has(key);
  }

  /** @param key as `keyText` writes it */
  get(key: string): Item<unknown> | undefined {
    return this.#items.get(key);
  }

  /** Whether all of it was read from the store at once. */
  get isRead(): boolean {
    return this.#consistent === this.#items;
  }

  /** @param keys as `keyText` writes them */
  isConsistent(keys: Iterable<string>): boolean {
    for (const key of keys) if (!this.#consistent.has(key)) return false;
    return true;
  }

  /**
   * The snapshot after a version conflict. Only what the failed commit returned is consistent from now on.
   * @param current what is stored now, by index in `writes`; it lacks the writes that the store did not check
   */
  afterConflict(writes: readonly Write[], current: ReadonlyMap<number, Item<unknown> | undefined>): Snapshot {
    const items = new Map(this.#items);
    const consistent = new Set<string>();
    for (const [index, { key }] of writes.entries()) {
      const text = keyText(key);
      if (!current.has(index) || !items.has(text)) continue;
      consistent.add(text);
      items.set(text, current.get(index));
    }
    return new Snapshot(items, consistent);
  }
}

/** The snapshot as a decision reads it. It records the keys that the decision read. */
export class View {
  readonly #snapshot: Snapshot;
  readonly #reads = new Set<string>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The keys that were read so far, as `keyText` writes them. */
  get reads(): ReadonlySet<string> {
    return this.#reads;
  }

  /** The item at a key, undefined where there is none. @throws TypeError for a key that the snapshot lacks */
  at<Data>(key: Key<Data>): Item<Data> | undefined {
    const text = keyText(key);
    const item = this.#snapshot.get(text) as Item<Data> | undefined; // a key's type says what is stored under it
    if (!item && !this.#snapshot.has(text)) throw new TypeError('a decision read a key that its view does not hold');
    this.#reads.add(text);
    return item;
  }

  /** The version that a write to the key must expect, 0 for none. Not a read: the commit itself checks it. */
  versionAt(key: Key<unknown>): number {
    return this.#snapshot.get(keyText(key))?.version ?? 0;
  }
}

function itemsByKey(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]) {
  return new Map(keys.map((key, index) => [keyText(key), items[index]]));
}
