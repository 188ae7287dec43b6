/** Pseudorandom numbers from 0 to below 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Milliseconds to the next arrival of a Poisson process. */
export function interarrivalMs(perSecond: number, random: () => number): number {
  return (-Math.log(1 - random()) * 1000) / perSecond;
}

/** Index of a random loan: uniform, or by Zipf's law, with the k-th about 1/k as often as the first. */
export function chooseLoan(loans: number, popularity: 'even' | 'zipf', random: () => number): number {
  return popularity === 'even' ? Math.floor(random() * loans) : Math.floor((loans + 1) ** random()) - 1;
}

/** A token bucket, empty at first, that holds the units of one second. DynamoDB's holds those of minutes. */
export class TokenBucket {
  readonly #perSecond: number;
  #level = 0;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @returns false if there are not enough units */
  consume(units: number, now: number): boolean {
    this.#level = Math.min(this.#perSecond, this.#level + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#level < units) return false;
    this.#level -= units;
    return true;
  }
}
