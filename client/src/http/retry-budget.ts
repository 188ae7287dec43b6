const SUCCESSES_PER_RETRY = 10;

/**
 * Limits the retries of a client: some to begin with, then one for every ten successful calls. It keeps a fleet of
 * clients from multiplying the load on a server that is down, and is never reached while most calls succeed.
 */
export class RetryBudget {
  readonly #max: number;
  /** In tenths of a retry: sums of 0.1 would not be exact. */
  #tenths: number;

  constructor(max: number) {
    this.#max = max * SUCCESSES_PER_RETRY;
    this.#tenths = this.#max;
  }

  onSuccess(): void {
    this.#tenths = Math.min(this.#max, this.#tenths + 1);
  }

  /** Takes one retry out of the budget. @returns false if none is left */
  consume(): boolean {
    if (this.#tenths < SUCCESSES_PER_RETRY) return false;
    this.#tenths -= SUCCESSES_PER_RETRY;
    return true;
  }
}
