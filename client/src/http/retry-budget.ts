const SUCCESSES_PER_RETRY = 10;

/**
 * How many retries a client may make: a few to begin with, then one for each ten calls that succeed. While all is well it is never
 * noticed; when a server is down it keeps a thousand clients from asking five times each.
 */
export class RetryBudget {
  readonly #max: number;
  /** In tenths of a retry: a sum of 0.1s would never be whole. */
  #tenths: number;

  constructor(max: number) {
    this.#max = max * SUCCESSES_PER_RETRY;
    this.#tenths = this.#max;
  }

  succeeded(): void {
    this.#tenths = Math.min(this.#max, this.#tenths + 1);
  }

  /** @returns whether there was one left to take */
  take(): boolean {
    if (this.#tenths < SUCCESSES_PER_RETRY) return false;
    this.#tenths -= SUCCESSES_PER_RETRY;
    return true;
  }
}
