import { type Course, Line, SimulatedClock } from './clock.ts';
import { Bucket, chosenOf, seeded, untilNext } from './random.ts';

/*
 * A model of many requests that add lenders to loans: who meets whom, what is tried again, and which limit is met. It knows
 * no database and takes no time but its own; the same setting gives the same figures.
 */

export interface Setting {
  readonly seed: number;
  readonly load:
    | { readonly kind: 'arrivals'; readonly perSecond: number; readonly seconds: number; readonly warmUpSeconds: number }
    /** All on one loan, each sending one add after the other. */
    | { readonly kind: 'writers'; readonly writers: number; readonly each: number };
  readonly loans: number;
  readonly popularity: 'even' | 'zipf';
  /** One: commands on a loan take turns, and what they see is remembered. Many: they meet in the database only. */
  readonly processes: 'one' | 'many';
  readonly times: Times;
  /** Write units of an add, and those of them that fall on the loan's partition. */
  readonly units: { readonly add: number; readonly partition: number };
  readonly limits: Limits;
}

export interface Times {
  /** To the database and back. */
  readonly networkMs: number;
  readonly viewMs: number;
  /** How long a transaction is under way in the database, and in the way of others. */
  readonly commitMs: number;
  /** What a request takes besides. */
  readonly ownMs: number;
}

export interface Limits {
  /** Write units a second. */
  readonly table: number;
  readonly partition: number;
  /** Requests at once. */
  readonly functions: number;
}

export interface Simulated {
  readonly requests: number;
  readonly successes: number;
  /** Lost too many races: 503. */
  readonly contention: number;
  /** Refused by the database for a limit of its own: 429. */
  readonly throttledByTable: number;
  readonly throttledByPartition: number;
  /** No function was free: 429 or 503 of the gateway. */
  readonly turnedAway: number;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly functionsAtOnce: number;
}

/** As in the program: `carry-out.ts`, and `untilClear` in `transactions.ts`. */
const ATTEMPTS_MAX = 10;
const ATTEMPTS_AT_ONCE = 3;
const PAUSE_MS_MAX = 40;
const CONFLICTS_MAX = 6;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 200;

type Ending = 'successes' | 'contention' | 'throttledByTable' | 'throttledByPartition' | 'turnedAway';

class Loan {
  version = 0;
  isUnderWay: boolean = false;
  isTaken: boolean = false;
  readonly mutex = new Line();
  readonly partition: Bucket;

  constructor(perSecond: number) {
    this.partition = new Bucket(perSecond);
  }
}

export function simulate(setting: Setting): Simulated {
  return new Simulation(setting).run();
}

class Simulation {
  readonly #setting: Setting;
  readonly #random: () => number;
  readonly #clock = new SimulatedClock();
  readonly #loans = new Map<number, Loan>();
  readonly #table: Bucket;
  readonly #endings = { successes: 0, contention: 0, throttledByTable: 0, throttledByPartition: 0, turnedAway: 0 };
  readonly #took: number[] = [];
  #calls = 0;
  #requests = 0;
  #functions = 0;
  #functionsAtOnce = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#random = seeded(setting.seed);
    this.#table = new Bucket(setting.limits.table);
  }

  run(): Simulated {
    const { load } = this.#setting;
    if (load.kind === 'arrivals') this.#clock.start(this.#arrivals(load));
    else for (let writer = 0; writer < load.writers; writer += 1) this.#clock.start(this.#writer(load.each));
    this.#clock.run();
    const took = Float64Array.from(this.#took).sort();
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
    return {
      ...this.#endings,
      requests: this.#requests,
      calls: this.#calls,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      functionsAtOnce: this.#functionsAtOnce,
    };
  }

  *#arrivals({ perSecond, seconds, warmUpSeconds }: Extract<Setting['load'], { kind: 'arrivals' }>): Course {
    const { loans, popularity } = this.#setting;
    const end = (warmUpSeconds + seconds) * 1000;
    while (this.#clock.now < end) {
      const isCounted = this.#clock.now >= warmUpSeconds * 1000;
      const loan = this.#loanAt(chosenOf(loans, popularity, this.#random));
      this.#clock.start(this.#request(loan, {}, isCounted));
      yield untilNext(perSecond, this.#random);
    }
  }

  *#writer(each: number): Course {
    const memory = { version: 0 };
    for (let sent = 0; sent < each; sent += 1) yield* this.#request(this.#loanAt(0), memory, true);
  }

  /** @param memory what its process knows of the loan */
  *#request(loan: Loan, memory: { version?: number }, isCounted: boolean): Course {
    const began = this.#clock.now;
    const ending = yield* this.#served(loan, memory);
    if (!isCounted) return;
    this.#requests += 1;
    this.#endings[ending] += 1;
    if (ending === 'successes') this.#took.push(this.#clock.now - began);
  }

  *#served(loan: Loan, memory: { version?: number }): Generator<number | Line, Ending, void> {
    const { limits, times, processes } = this.#setting;
    if (this.#functions >= limits.functions) return 'turnedAway';
    this.#functions += 1;
    this.#functionsAtOnce = Math.max(this.#functionsAtOnce, this.#functions);
    yield times.ownMs;
    if (processes === 'one') {
      if (loan.isTaken) yield loan.mutex;
      loan.isTaken = true;
      memory.version = loan.version;
    }
    const ending = yield* this.#carriedOut(loan, memory);
    if (processes === 'one') {
      loan.isTaken = loan.mutex.waiting.length > 0; // it goes to the next one without anybody in between
      this.#clock.release(loan.mutex);
    }
    this.#functions -= 1;
    return ending;
  }

  *#carriedOut(loan: Loan, memory: { version?: number }): Generator<number | Line, Ending, void> {
    if (memory.version === undefined && !(yield* this.#looked(loan, memory))) return 'contention';
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const outcome = yield* this.#proposed(loan, memory);
      if (outcome !== 'stale') return outcome;
      if (attempt > ATTEMPTS_AT_ONCE) yield this.#random() * PAUSE_MS_MAX;
    }
    return 'contention';
  }

  /** @returns whether it was let to */
  *#looked(loan: Loan, memory: { version?: number }): Generator<number, boolean, void> {
    const { networkMs, viewMs } = this.#setting.times;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      this.#calls += 1;
      yield networkMs / 2;
      if (!loan.isUnderWay) {
        memory.version = loan.version;
        yield viewMs + networkMs / 2;
        return true;
      }
      yield networkMs / 2 + this.#backoff(conflicts);
    }
    return false;
  }

  *#proposed(loan: Loan, memory: { version?: number }): Generator<number, Ending | 'stale', void> {
    const { times, units } = this.#setting;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      this.#calls += 1;
      yield times.networkMs / 2;
      const isThrottled = this.#throttledAt(loan, units);
      if (isThrottled) {
        yield times.networkMs / 2;
        return isThrottled;
      }
      if (!loan.isUnderWay) {
        const isCurrent = loan.version === memory.version;
        loan.isUnderWay = true; // a transaction whose condition fails is in the way too
        yield times.commitMs;
        loan.isUnderWay = false;
        if (isCurrent) loan.version += 1;
        memory.version = loan.version;
        yield times.networkMs / 2;
        return isCurrent ? 'successes' : 'stale';
      }
      yield times.networkMs / 2 + this.#backoff(conflicts);
    }
    return 'contention';
  }

  /** Refused attempts are billed like any other. */
  #throttledAt(loan: Loan, units: Setting['units']): Ending | undefined {
    if (!this.#table.take(units.add, this.#clock.now)) return 'throttledByTable';
    return loan.partition.take(units.partition, this.#clock.now) ? undefined : 'throttledByPartition';
  }

  #backoff(conflicts: number): number {
    return this.#random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** conflicts);
  }

  #loanAt(place: number): Loan {
    const found = this.#loans.get(place) ?? new Loan(this.#setting.limits.partition);
    this.#loans.set(place, found);
    return found;
  }
}
