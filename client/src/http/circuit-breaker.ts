/** Permission for one attempt. Report its result, then release it. */
export interface Permit {
  succeeded(): void;
  failed(): void;
  /** Without a result reported before, the attempt says nothing about the server. */
  released(): void;
}

export interface BreakerOptions {
  /** Number of consecutive failures that opens it. */
  readonly failuresMax: number;
  /** Of the first pause; each failed trial doubles it, up to `pauseMsMax`. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
  readonly elapsed: () => number;
  readonly random: () => number;
}

type State =
  | { readonly name: 'closed'; failures: number }
  | { readonly name: 'open'; readonly untilMs: number; readonly pauses: number }
  | { readonly name: 'half-open'; readonly pauses: number };

/** Stops calls to a server that keeps failing. After a pause one trial call is let through, and its result decides. */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #state: State = { name: 'closed', failures: 0 };

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  /** @returns undefined while no attempt may be sent */
  tryAcquire(): Permit | undefined {
    const state = this.#state;
    if (state.name === 'closed') return this.#permit(state);
    if (state.name === 'half-open' || this.remainingMs() > 0) return undefined;
    const halfOpen = { name: 'half-open', pauses: state.pauses } as const;
    this.#state = halfOpen;
    return this.#permit(halfOpen);
  }

  /** Time until the next trial. */
  remainingMs(): number {
    return this.#state.name === 'open' ? Math.max(0, this.#state.untilMs - this.#options.elapsed()) : 0;
  }

  /** Results of attempts from before the last change of state are ignored, as they say nothing about the server now. */
  #permit(issued: Exclude<State, { name: 'open' }>): Permit {
    const ifCurrent = (change: () => void) => () => {
      if (this.#state === issued) change();
    };
    if (issued.name === 'half-open') {
      return {
        succeeded: ifCurrent(() => {
          this.#state = { name: 'closed', failures: 0 };
        }),
        failed: ifCurrent(() => this.#open(issued.pauses)),
        // A trial without a result: the next caller is the trial.
        released: ifCurrent(() => {
          this.#state = { name: 'open', untilMs: this.#options.elapsed(), pauses: issued.pauses };
        }),
      };
    }
    return {
      succeeded: () => {
        issued.failures = 0;
      },
      failed: ifCurrent(() => {
        issued.failures += 1;
        if (issued.failures >= this.#options.failuresMax) this.#open(0);
      }),
      released() {},
    };
  }

  /** For half of the pause to all of it, so that clients of one failed server don't return together. */
  #open(previousPauses: number): void {
    const { pauseMs, pauseMsMax, elapsed, random } = this.#options;
    const pause = Math.min(pauseMsMax, pauseMs * 2 ** previousPauses);
    this.#state = { name: 'open', untilMs: elapsed() + pause * (0.5 + random() / 2), pauses: previousPauses + 1 };
  }
}
