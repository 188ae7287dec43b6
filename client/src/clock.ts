/** Time, from outside, so that tests need not wait for it. */
export interface Clock {
  /** Milliseconds since 1970, as Date.now: for the dates of others. */
  now(): number;
  /** Milliseconds that no setting of the clock changes, as performance.now: for what is measured. */
  elapsed(): number;
  /** @returns what calls it off */
  after(ms: number, run: () => void): () => void;
}

/** Timers of all platforms take more for no time at all. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

export const platformClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A stretch of time in which something must end, within another one. */
export interface Limit {
  /** Aborted when time is up, or when what it is within has ended: then with that one's reason. */
  readonly signal: AbortSignal;
  readonly isUp: boolean;
  remainingMs(): number;
  close(): void;
}

export function startDeadline(ms: number, within: AbortSignal | undefined, clock: Clock): Limit {
  const controller = new AbortController();
  const until = clock.elapsed() + ms;
  let isUp = false;
  const end = () => controller.abort(within?.reason);
  const callOff = clock.after(ms, () => {
    isUp = true;
    controller.abort();
  });
  if (within?.aborted) end();
  // Listened to by hand: a signal that lives as long as its program would keep every AbortSignal.any that was made of it.
  within?.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    get isUp() {
      return isUp;
    },
    remainingMs: () => until - clock.elapsed(),
    close() {
      callOff();
      within?.removeEventListener('abort', end);
    },
  };
}

/** Waits for a promise no longer than a signal allows, also for one that knows nothing of the signal. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export async function pause(ms: number, signal: AbortSignal, clock: Clock): Promise<void> {
  let callOff = () => {};
  const passed = new Promise<void>((resolve) => {
    callOff = clock.after(ms, resolve);
  });
  try {
    await orAborted(passed, signal);
  } finally {
    callOff();
  }
}
