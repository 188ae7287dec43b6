/** @returns numbers from 0 up to 1, always the same for a seed (mulberry32) */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Milliseconds to the next of arrivals that know nothing of each other. */
export function untilNext(perSecond: number, random: () => number): number {
  return (-Math.log(1 - random()) * 1000) / perSecond;
}

/** Which of so many loans: even, or as by Zipf, where the k-th is asked for about 1/k as often as the first. */
export function chosenOf(loans: number, popularity: 'even' | 'zipf', random: () => number): number {
  return popularity === 'even' ? Math.floor(random() * loans) : Math.floor((loans + 1) ** random()) - 1;
}

/** A limit of so many units a second, empty at first. What is left over is kept for a second; DynamoDB keeps it for minutes. */
export class Bucket {
  readonly #perSecond: number;
  #level = 0;
  #at = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @returns whether there were as many */
  take(units: number, now: number): boolean {
    this.#level = Math.min(this.#perSecond, this.#level + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#level < units) return false;
    this.#level -= units;
    return true;
  }
}
