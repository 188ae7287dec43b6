/** Source of time; tests pass their own, so that they need not wait. */
export interface Clock {
  /** Epoch milliseconds, as `Date.now`: to compare with dates of other machines. */
  now(): number;
  /** Monotonic milliseconds, as `performance.now`: to measure durations. */
  elapsed(): number;
  /** Runs `run` once, after `ms` milliseconds. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void;
}

/** The longest delay of a platform timer: a longer one fires at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

export const platformClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface Deadline {
  /** Aborted when the time is up, or when the parent signal is aborted, then with its reason. */
  readonly signal: AbortSignal;
  readonly isExpired: boolean;
  remainingMs(): number;
  /** Releases the timer and the listener on the parent signal. */
  close(): void;
}

export function startDeadline(ms: number, parent: AbortSignal | undefined, clock: Clock): Deadline {
  const controller = new AbortController();
  const until = clock.elapsed() + ms;
  let isExpired = false;
  const abort = () => controller.abort(parent?.reason);
  const cancelTimer = clock.after(ms, () => {
    isExpired = true;
    controller.abort();
  });
  if (parent?.aborted) abort();
  // Not AbortSignal.any: a parent that lives as long as its program would keep every signal derived from it.
  parent?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    get isExpired() {
      return isExpired;
    },
    remainingMs: () => until - clock.elapsed(),
    close() {
      cancelTimer();
      parent?.removeEventListener('abort', abort);
    },
  };
}

/** Rejects with the signal's reason once it is aborted, even if the promise itself ignores the signal. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export async function sleep(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  let cancelTimer = () => {};
  const elapsed = new Promise<void>((resolve) => {
    cancelTimer = clock.after(ms, resolve);
  });
  try {
    await abortable(elapsed, signal);
  } finally {
    cancelTimer();
  }
}
