import { contention } from '../domain/errors.ts';
import type { UserId } from '../domain/ids.ts';
import { KeyedLimit } from '../domain/limits/keyed-limit.ts';

const LOCK_WAIT_MS = 5000;

interface KeyedMutexOptions {
  /** How many of one user may run or wait; default: as many as of all. */
  readonly perUserMax?: number | undefined;
  /** How long each, from its arrival, may wait for other processes. */
  readonly lockWaitMs?: number | undefined;
}

/**
 * Runs work that shares a key one after the other, in the order of arrival, so that the commands of one process don't cause each
 * other version conflicts. Other processes are not locked out: the commit's own check detects their writes.
 */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #waitingMax: number;
  readonly #lockWaitMs: number;
  readonly #byUser: KeyedLimit<UserId>;
  #waiting = 0;

  /** @param waitingMax how many may run or wait; further ones are rejected */
  constructor(waitingMax: number, { perUserMax = waitingMax, lockWaitMs = LOCK_WAIT_MS }: KeyedMutexOptions = {}) {
    this.#waitingMax = waitingMax;
    this.#lockWaitMs = lockWaitMs;
    this.#byUser = new KeyedLimit(perUserMax);
  }

  /**
   * Runs `work` once all earlier work on any of `keys` is done. It gets the deadline for `Store.commit`, the same one however
   * long it waited here: while another process holds the database, waiters then fail together and not one after the other.
   * @param userId left out for work that no request causes
   * @throws DomainError `SERVICE_UNAVAILABLE` when too many wait
   */
  async runExclusive<Result>(
    keys: readonly string[],
    work: (deadline: number) => Promise<Result>,
    userId?: UserId,
  ): Promise<Result> {
    if (this.#waiting >= this.#waitingMax || (userId !== undefined && this.#byUser.isFull(userId))) throw contention();
    const release = userId === undefined ? () => {} : this.#byUser.take(userId);
    const deadline = performance.now() + this.#lockWaitMs;
    this.#waiting += 1;
    // All queues are joined in one step, so that of two commands one is first in all of them: no deadlock.
    const before = keys.map((key) => this.#last.get(key));
    const done = Promise.all(before).then(() => work(deadline));
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
