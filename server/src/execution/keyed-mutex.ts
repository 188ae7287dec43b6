import { contention } from '../domain/errors.ts';

/**
 * Runs work that shares a key one after the other, in the order of arrival, so that the commands of one process don't cause each
 * other version conflicts. Other processes are not locked out: the commit's own check detects their writes.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waitingMax: number;
  #waiting = 0;

  /** @param waitingMax how many may run or wait; further ones are rejected */
  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` once all earlier work on any of `keys` is done. @throws DomainError `SERVICE_UNAVAILABLE` when too many wait */
  async runExclusive<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#waitingMax) throw contention();
    this.#waiting += 1;
    // All queues are joined in one step, so that of two commands one is first in all of them: no deadlock.
    const before = keys.map((key) => this.#last.get(key));
    const done = Promise.all(before).then(work);
    const settled = done.then(ignore, ignore);
    for (const key of keys) this.#last.set(key, settled);
    try {
      return await done;
    } finally {
      this.#waiting -= 1;
      for (const key of keys) {
        if (this.#last.get(key) === settled) this.#last.delete(key);
      }
    }
  }
}

function ignore(): void {}
