import { type Process, SimulatedClock, WaitQueue } from './clock.ts';
import { chooseLoan, interarrivalMs, seeded, TokenBucket } from './random.ts';

/* A simulation of many requests that add lenders to loans: their conflicts, retries and limits. It is deterministic. */

export interface SimulationConfig {
  readonly seed: number;
  readonly load:
    | { readonly kind: 'arrivals'; readonly perSecond: number; readonly seconds: number; readonly warmUpSeconds: number }
    /** All on one loan, each sending one request after the other. */
    | { readonly kind: 'writers'; readonly writers: number; readonly each: number };
  readonly loans: number;
  readonly popularity: 'even' | 'zipf';
  /** One: commands on a loan queue and share its cached view. Many: each command has its own process. */
  readonly processes: 'one' | 'many';
  readonly times: Times;
  /** Write units of a request, and how many of them are in the loan's partition. */
  readonly units: { readonly add: number; readonly partition: number };
  readonly limits: Limits;
}

export interface Times {
  /** Round trip to the database. */
  readonly networkMs: number;
  readonly viewMs: number;
  /** For how long a transaction is in flight, and conflicts with others. */
  readonly commitMs: number;
  /** Other time of a request. */
  readonly ownMs: number;
}

export interface Limits {
  /** Write units a second. */
  readonly table: number;
  readonly partition: number;
  /** Concurrent requests. */
  readonly functions: number;
}

export interface SimulationResult {
  readonly requests: number;
  readonly successes: number;
  /** Too many version conflicts: 503. */
  readonly contention: number;
  /** 429 */
  readonly throttledByTable: number;
  readonly throttledByPartition: number;
  /** Over the limit of functions: 429 or 503 of the gateway. */
  readonly turnedAway: number;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly functionsAtOnce: number;
}

/** As in the program: `optimistic-commit.ts`, and `retryConflicts` of the DynamoDB store. */
const ATTEMPTS_MAX = 10;
const ATTEMPTS_AT_ONCE = 3;
const PAUSE_MS_MAX = 40;
const CONFLICTS_MAX = 6;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 200;

type Outcome = 'successes' | 'contention' | 'throttledByTable' | 'throttledByPartition' | 'turnedAway';

class Loan {
  version = 0;
  isCommitting: boolean = false;
  isLocked: boolean = false;
  readonly lockQueue = new WaitQueue();
  readonly partition: TokenBucket;

  constructor(perSecond: number) {
    this.partition = new TokenBucket(perSecond);
  }
}

export function simulate(config: SimulationConfig): SimulationResult {
  return new Simulation(config).run();
}

class Simulation {
  readonly #config: SimulationConfig;
  readonly #random: () => number;
  readonly #clock = new SimulatedClock();
  readonly #loans = new Map<number, Loan>();
  readonly #table: TokenBucket;
  readonly #outcomes = { successes: 0, contention: 0, throttledByTable: 0, throttledByPartition: 0, turnedAway: 0 };
  readonly #durations: number[] = [];
  #calls = 0;
  #requests = 0;
  #functions = 0;
  #functionsAtOnce = 0;

  constructor(config: SimulationConfig) {
    this.#config = config;
    this.#random = seeded(config.seed);
    this.#table = new TokenBucket(config.limits.table);
  }

  run(): SimulationResult {
    const { load } = this.#config;
    if (load.kind === 'arrivals') this.#clock.start(this.#arrivals(load));
    else for (let writer = 0; writer < load.writers; writer += 1) this.#clock.start(this.#writer(load.each));
    this.#clock.run();
    const durations = Float64Array.from(this.#durations).sort();
    const at = (share: number) => durations[Math.min(durations.length - 1, Math.floor(durations.length * share))] ?? 0;
    return {
      ...this.#outcomes,
      requests: this.#requests,
      calls: this.#calls,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      functionsAtOnce: this.#functionsAtOnce,
    };
  }

  *#arrivals({ perSecond, seconds, warmUpSeconds }: Extract<SimulationConfig['load'], { kind: 'arrivals' }>): Process {
    const { loans, popularity } = this.#config;
    const end = (warmUpSeconds + seconds) * 1000;
    while (this.#clock.now < end) {
      const isCounted = this.#clock.now >= warmUpSeconds * 1000;
      const loan = this.#loanAt(chooseLoan(loans, popularity, this.#random));
      this.#clock.start(this.#request(loan, {}, isCounted));
      yield interarrivalMs(perSecond, this.#random);
    }
  }

  *#writer(each: number): Process {
    const view = { version: 0 };
    for (let sent = 0; sent < each; sent += 1) yield* this.#request(this.#loanAt(0), view, true);
  }

  /** @param view the loan as cached by the process */
  *#request(loan: Loan, view: { version?: number }, isCounted: boolean): Process {
    const start = this.#clock.now;
    const outcome = yield* this.#handle(loan, view);
    if (!isCounted) return;
    this.#requests += 1;
    this.#outcomes[outcome] += 1;
    if (outcome === 'successes') this.#durations.push(this.#clock.now - start);
  }

  *#handle(loan: Loan, view: { version?: number }): Generator<number | WaitQueue, Outcome, void> {
    const { limits, times, processes } = this.#config;
    if (this.#functions >= limits.functions) return 'turnedAway';
    this.#functions += 1;
    this.#functionsAtOnce = Math.max(this.#functionsAtOnce, this.#functions);
    yield times.ownMs;
    if (processes === 'one') {
      if (loan.isLocked) yield loan.lockQueue;
      loan.isLocked = true;
      view.version = loan.version;
    }
    const outcome = yield* this.#runCommand(loan, view);
    if (processes === 'one') {
      loan.isLocked = loan.lockQueue.waiting.length > 0; // it passes to the next in the queue
      this.#clock.release(loan.lockQueue);
    }
    this.#functions -= 1;
    return outcome;
  }

  *#runCommand(loan: Loan, view: { version?: number }): Generator<number | WaitQueue, Outcome, void> {
    if (view.version === undefined && !(yield* this.#readView(loan, view))) return 'contention';
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const outcome = yield* this.#tryCommit(loan, view);
      if (outcome !== 'stale') return outcome;
      if (attempt > ATTEMPTS_AT_ONCE) yield this.#random() * PAUSE_MS_MAX;
    }
    return 'contention';
  }

  /** @returns false after too many conflicts */
  *#readView(loan: Loan, view: { version?: number }): Generator<number, boolean, void> {
    const { networkMs, viewMs } = this.#config.times;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      this.#calls += 1;
      yield networkMs / 2;
      if (!loan.isCommitting) {
        view.version = loan.version;
        yield viewMs + networkMs / 2;
        return true;
      }
      yield networkMs / 2 + this.#backoff(conflicts);
    }
    return false;
  }

  *#tryCommit(loan: Loan, view: { version?: number }): Generator<number, Outcome | 'stale', void> {
    const { times, units } = this.#config;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      this.#calls += 1;
      yield times.networkMs / 2;
      const throttled = this.#consumeUnits(loan, units);
      if (throttled) {
        yield times.networkMs / 2;
        return throttled;
      }
      if (!loan.isCommitting) {
        const isCurrent = loan.version === view.version;
        loan.isCommitting = true; // also a transaction whose condition fails conflicts with others
        yield times.commitMs;
        loan.isCommitting = false;
        if (isCurrent) loan.version += 1;
        view.version = loan.version;
        yield times.networkMs / 2;
        return isCurrent ? 'successes' : 'stale';
      }
      yield times.networkMs / 2 + this.#backoff(conflicts);
    }
    return 'contention';
  }

  /** Rejected attempts consume units too. */
  #consumeUnits(loan: Loan, units: SimulationConfig['units']): Outcome | undefined {
    if (!this.#table.consume(units.add, this.#clock.now)) return 'throttledByTable';
    return loan.partition.consume(units.partition, this.#clock.now) ? undefined : 'throttledByPartition';
  }

  #backoff(conflicts: number): number {
    return this.#random() * Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** conflicts);
  }

  #loanAt(index: number): Loan {
    const loan = this.#loans.get(index) ?? new Loan(this.#config.limits.partition);
    this.#loans.set(index, loan);
    return loan;
  }
}
