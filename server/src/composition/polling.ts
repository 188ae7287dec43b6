import { type Pause, pauseWithTimer } from '../outbox/pause.ts';

export interface PollingTask {
  /** The pause after a run that has found something, or failed. After each other run it doubles. */
  readonly minMs: number;
  /** The longest pause. */
  readonly maxMs: number;
  /** @param signal aborted when the polling is stopped */
  readonly run: (signal: AbortSignal) => Promise<PollResult>;
}

export interface PollResult {
  /** Items that were processed. */
  readonly found: number;
  /** When the next known item is due, epoch milliseconds; undefined where none is known. */
  readonly next: number | undefined;
}

export interface PollingServices {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Default: by timers. */
  readonly pause?: Pause | undefined;
  /** Gets what a run throws. */
  readonly onError: (error: unknown) => void;
}

export interface Poller {
  /** Has it run again after its shortest pause. */
  poke(): void;
  /** Resolves once a running run is done. */
  stop(): Promise<void>;
}

/** A pause is up to this much shorter, at random, so that processes that start together don't poll together. */
const JITTER = 0.2;

/**
 * Polls for work that this process does not know of: what is due, and what other processes have left. It runs at once, then less
 * and less often while nothing is found, and when the next known item is due.
 */
export function startPolling({ minMs, maxMs, run }: PollingTask, services: PollingServices): Poller {
  const { clock, random, pause = pauseWithTimer, onError } = services;
  const stopping = new AbortController();
  /** Ends the current pause; undefined where none may be ended. */
  let wake: AbortController | undefined;
  let isPoked = false;

  async function rest(ms: number): Promise<void> {
    wake = ms > minMs ? new AbortController() : undefined;
    const signal = wake ? AbortSignal.any([stopping.signal, wake.signal]) : stopping.signal;
    const isOver = await pause(ms, signal).then(
      () => true,
      () => stopping.signal.aborted,
    );
    wake = undefined;
    if (!isOver) await pause(minMs, stopping.signal).catch(() => undefined);
  }

  async function poll(): Promise<void> {
    let pauseMs = minMs;
    while (!stopping.signal.aborted) {
      isPoked = false;
      const result = await run(stopping.signal).catch(onError);
      pauseMs = isPoked || !result || result.found > 0 ? minMs : Math.min(pauseMs * 2, maxMs);
      const untilNext = result?.next === undefined ? Number.POSITIVE_INFINITY : Math.max(result.next - clock(), 0);
      await rest(Math.min(pauseMs * (1 - JITTER * random()), untilNext));
    }
  }

  const polling = poll();
  return {
    poke() {
      isPoked = true;
      wake?.abort();
    },
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}
