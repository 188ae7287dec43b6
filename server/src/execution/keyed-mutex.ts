import { contention } from '../domain/errors.ts';

/**
 * Lets commands on the same places take turns, in the order in which they came, so that those of one process do not
 * lose races to each other. Writers elsewhere are met by the commit's own check.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waitingMax: number;
  #waiting = 0;

  /** @param waitingMax how many commands may be under way or wait before further ones are refused */
  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` once everything that came before it on any of `places` is done. */
  async runExclusive<Result>(places: readonly string[], work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#waitingMax) throw contention();
    this.#waiting += 1;
    // All places are joined in one step, so of two commands one stands before the other everywhere: no deadlock.
    const before = places.map((place) => this.#last.get(place));
    const done = Promise.all(before).then(work);
    const settled = done.then(ignore, ignore);
    for (const place of places) this.#last.set(place, settled);
    try {
      return await done;
    } finally {
      this.#waiting -= 1;
      for (const place of places) {
        if (this.#last.get(place) === settled) this.#last.delete(place);
      }
    }
  }
}

function ignore(): void {}
