import type { Item, Key, Write } from '../storage/store.ts';

/** All that a decision needs, as it stood when it was looked at: items by the keys that asked for them. */
export class View {
  readonly #items: ReadonlyMap<string, Item<unknown> | undefined>;
  /** The places that were seen to stand so, all as of one moment. The rest is remembered or guessed. */
  readonly #seen: ReadonlySet<string>;

  private constructor(items: ReadonlyMap<string, Item<unknown> | undefined>, seen: ReadonlySet<string>) {
    this.#items = items;
    this.#seen = seen;
  }

  /** @param items what stands at `keys`, in their order */
  static of(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]): View {
    const byPlace = itemsByPlace(keys, items);
    return new View(byPlace, new Set(byPlace.keys()));
  }

  /** @param items what may stand at `keys`, in their order */
  static guessed(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]): View {
    return new View(itemsByPlace(keys, items), new Set());
  }

  /**
   * Whether what is here at the keys was seen to stand so. What was not may propose a commit, since the commit checks it;
   * no answer and no refusal may rest on it.
   */
  hasSeen(keys: readonly Key<unknown>[]): boolean {
    return keys.every((key) => this.#seen.has(keyText(key)));
  }

  /** Whether it was looked, or guessed, what stands at the keys. */
  holds(keys: readonly Key<unknown>[]): boolean {
    return keys.every((key) => this.#items.has(keyText(key)));
  }

  /** What stands at a key of the view, undefined for nothing. */
  at<Data>(key: Key<Data>): Item<Data> | undefined {
    const place = keyText(key);
    if (!this.#items.has(place)) throw new TypeError('a plan asked for an item that its view does not hold');
    return this.#items.get(place) as Item<Data> | undefined; // the key's type says what was read under it
  }

  /** What a write must expect at a key: 0 for nothing, also where nothing was looked for. The commit checks it. */
  versionAt(key: Key<unknown>): number {
    return this.#items.get(keyText(key))?.version ?? 0;
  }

  /** The view after a refused commit, which told what stands at some or all of its writes. */
  corrected(writes: readonly Write[], standing: ReadonlyMap<number, Item<unknown> | undefined>): View {
    const items = new Map(this.#items);
    const seen = new Set<string>();
    for (const [position, { key }] of writes.entries()) {
      const place = keyText(key);
      if (!standing.has(position) || !items.has(place)) continue;
      seen.add(place);
      items.set(place, standing.get(position));
    }
    return new View(items, seen);
  }
}

function itemsByPlace(keys: readonly Key<unknown>[], items: readonly (Item<unknown> | undefined)[]) {
  return new Map(keys.map((key, position) => [keyText(key), items[position]]));
}

/** A key as a text of its own. */
export function keyText({ partition, sort }: Key<unknown>): string {
  return `${partition}\n${sort}`;
}
