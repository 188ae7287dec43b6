/** Leave for one attempt. Whoever got it says what came of it, and releases it in any case. */
export interface Permit {
  succeeded(): void;
  failed(): void;
  /** Without a word before, it came to nothing that tells about the server. */
  released(): void;
}

export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failuresMax: number;
  /** At first; twice as long after each trial that fails. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  readonly elapsed: () => number;
  readonly random: () => number;
}

type State =
  | { readonly name: 'closed'; failures: number }
  | { readonly name: 'open'; readonly untilMs: number; readonly pauses: number }
  | { readonly name: 'trying'; readonly pauses: number };

/** Stops asking a server that fails at every call; after a pause, one call tries whether it is well again. */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #state: State = { name: 'closed', failures: 0 };

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** @returns undefined where nothing may be sent now */
  enter(): Permit | undefined {
    const state = this.#state;
    if (state.name === 'closed') return this.#permit(state);
    if (state.name === 'trying' || this.remainingMs() > 0) return undefined;
    const trying = { name: 'trying', pauses: state.pauses } as const;
    this.#state = trying;
    return this.#permit(trying);
  }

  /** How long the pause still lasts. */
  remainingMs(): number {
    return this.#state.name === 'open' ? Math.max(0, this.#state.untilMs - this.#options.elapsed()) : 0;
  }

  /** What was let through before the state changed tells nothing about the server as it is now. */
  #permit(given: Exclude<State, { name: 'open' }>): Permit {
    const ifCurrent = (change: () => void) => () => {
      if (this.#state === given) change();
    };
    if (given.name === 'trying') {
      return {
        succeeded: ifCurrent(() => this.#close()),
        failed: ifCurrent(() => this.#open(given.pauses)),
        released: ifCurrent(() => this.#reopen(given.pauses)),
      };
    }
    return {
      succeeded: () => {
        given.failures = 0;
      },
      failed: ifCurrent(() => {
        given.failures += 1;
        if (given.failures >= this.#options.failuresMax) this.#open(0);
      }),
      released() {},
    };
  }

  #close(): void {
    this.#state = { name: 'closed', failures: 0 };
  }

  /** A trial that told nothing leaves the next one to whoever comes next. */
  #reopen(pauses: number): void {
    this.#state = { name: 'open', untilMs: this.#options.elapsed(), pauses };
  }

  /** Between half of the pause and all of it, so that clients that lost the same server don't come back together. */
  #open(pausesBefore: number): void {
    const { pauseMs, pauseMsMax, elapsed, random } = this.#options;
    const pause = Math.min(pauseMsMax, pauseMs * 2 ** pausesBefore);
    this.#state = { name: 'open', untilMs: elapsed() + pause * (0.5 + random() / 2), pauses: pausesBefore + 1 };
  }
}
