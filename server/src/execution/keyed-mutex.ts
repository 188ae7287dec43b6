import { contention } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { KeyedLimit } from './limits/keyed-limit.ts';

/**
 * Runs work that shares a key one after the other, in the order of arrival, so that the commands of one process don't cause each
 * other version conflicts. Other processes are not locked out: the commit's own check detects their writes.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waitingMax: number;
  readonly #byUser: KeyedLimit<UserId>;
  #waiting = 0;

  /**
   * @param waitingMax how many may run or wait; further ones are rejected
   * @param perUserMax of these, how many may be of one user
   */
  constructor(waitingMax: number, perUserMax = waitingMax) {
    this.#waitingMax = waitingMax;
    this.#byUser = new KeyedLimit(perUserMax);
  }

  /**
   * Runs `work` once all earlier work on any of `keys` is done.
   * @param userId left out for work that no request causes
   * @throws DomainError `SERVICE_UNAVAILABLE` when too many wait
   */
  async runExclusive<Result>(keys: readonly string[], work: () => Promise<Result>, userId?: UserId): Promise<Result> {
    if (this.#waiting >= this.#waitingMax || (userId !== undefined && this.#byUser.isFull(userId))) throw contention();
    const release = userId === undefined ? () => {} : this.#byUser.take(userId);
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
      release();
      for (const key of keys) {
        if (this.#last.get(key) === settled) this.#last.delete(key);
      }
    }
  }
}

function ignore(): void {}
