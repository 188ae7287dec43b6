import type { Item, Key, Write } from '../storage/store.ts';

/** All that a decision needs, as it stood when it was looked at: items by the keys that asked for them. */
export class View {
  readonly #items: ReadonlyMap<string, Item<unknown> | undefined>;
  /**
   * Whether every item was seen to stand as it is here. From an uncertain view a commit may be proposed, since the
   * commit checks it; a refusal may not.
   */
  readonly certain: boolean;

  private constructor(items: ReadonlyMap<string, Item<unknown> | undefined>, certain: boolean) {
    this.#items = items;
    this.certain = certain;
  }

  /** @param items what stands at `keys`, in their order */
  static of(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]): View {
    return new View(new Map(keys.map((key, position) => [place(key), items[position]])), true);
  }

  /** What stands at a key of the view, undefined for nothing. */
  at<Data>(key: Key<Data>): Item<Data> | undefined {
    const known = place(key);
    if (!this.#items.has(known)) throw new TypeError('a plan asked for an item that its view does not hold');
    return this.#items.get(known) as Item<Data> | undefined; // the key's type says what was read under it
  }

  /** What a write must expect at a key: 0 for nothing, also where nothing was looked for. The commit checks it. */
  versionAt(key: Key<unknown>): number {
    return this.#items.get(place(key))?.version ?? 0;
  }

  /** The view after a refused commit, which told what stands at some or all of its writes. */
  corrected(writes: readonly Write[], standing: ReadonlyMap<number, Item<unknown> | undefined>): View {
    const items = new Map(this.#items);
    const known = new Set<string>();
    for (const [position, { key }] of writes.entries()) {
      if (!standing.has(position)) continue;
      known.add(place(key));
      if (items.has(place(key))) items.set(place(key), standing.get(position));
    }
    return new View(
      items,
      [...items.keys()].every((viewed) => known.has(viewed)),
    );
  }
}

function place(key: Key<unknown>): string {
  return `${key.partition}\n${key.sort}`;
}
