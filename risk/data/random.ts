import { seeded } from '../../bench/simulation/random.ts';

/** A seeded source of random choices. The same seed gives the same choices on every machine. */
export class Random {
  readonly #next: () => number;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
    this.#next = seeded(hashOf(seed));
  }

  /** A source of its own, so that what one part takes does not move the others. */
  fork(name: string | number): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** From 0 to below 1. */
  unit(): number {
    return this.#next();
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.unit();
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.unit() * values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** By Zipf's law: the k-th value about 1/k as often as the first. */
  pickRanked<T>(values: readonly T[]): T {
    const value = values[Math.floor((values.length + 1) ** this.unit()) - 1];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.unit() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(choices)[1];
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Log-normal. @param spread factor of one standard deviation */
  around(median: number, spread: number): number {
    return median * spread ** this.normal();
  }

  shuffle<T>(values: readonly T[]): T[] {
    const keyed = values.map((value) => ({ value, key: this.unit() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** FNV-1a, with a final mix. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
