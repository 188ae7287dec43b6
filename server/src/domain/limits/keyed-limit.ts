/** Counts what each key holds, such as each user's uploads, so that one of them can't take all that there is. */
export class KeyedLimit<Key> {
  readonly max: number;
  readonly #held = new Map<Key, number>();

  /** @param max for one key */
  constructor(max: number) {
    this.max = max;
  }

  isFull(key: Key): boolean {
    return this.held(key) >= this.max;
  }

  held(key: Key): number {
    return this.#held.get(key) ?? 0;
  }

  /** Counts one more, also above the maximum. @returns gives it back, once */
  take(key: Key): () => void {
    this.#held.set(key, this.held(key) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = this.held(key) - 1;
      if (left > 0) this.#held.set(key, left);
      else this.#held.delete(key);
    };
  }
}
