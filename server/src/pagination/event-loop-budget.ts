/**
 * Work that long tasks do together before the event loop gets to other work, in units of about 30 µs: an event that is sent, or
 * read, or a row that is scanned. A task that takes more at a time has the iteration to itself.
 */
export const UNITS_PER_ITERATION = 64;

interface Waiter {
  readonly units: number;
  readonly resume: () => void;
}

/**
 * Shares the event loop between long tasks and everything else. In each of its iterations the tasks do a bounded amount of work
 * together, however many they are; those over it wait for a later one, in the order in which they came. Requests don't use it,
 * so that a long task delays them by no more than this amount.
 */
export class EventLoopBudget {
  readonly #waiters = new Set<Waiter>();
  #unitsLeft = UNITS_PER_ITERATION;
  #refill: NodeJS.Immediate | undefined;

  /** Resolves once the caller may do this much work: at once, while some of this iteration's budget is left. */
  spend(units: number): Promise<void> {
    this.#scheduleRefill();
    if (this.#unitsLeft > 0 && this.#waiters.size === 0) {
      this.#unitsLeft -= units;
      return Promise.resolve();
    }
    return new Promise((resume) => void this.#waiters.add({ units, resume }));
  }

  #scheduleRefill(): void {
    this.#refill ??= setImmediate(() => {
      this.#refill = undefined;
      this.#unitsLeft = UNITS_PER_ITERATION;
      for (const waiter of this.#waiters) {
        if (this.#unitsLeft <= 0) break;
        this.#waiters.delete(waiter);
        this.#unitsLeft -= waiter.units;
        waiter.resume();
      }
      if (this.#unitsLeft < UNITS_PER_ITERATION) this.#scheduleRefill();
    });
  }
}
