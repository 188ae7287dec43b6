import { setTimeout as pause } from 'node:timers/promises';
import type { LoanId } from '../domain/ids.ts';
import { loanKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import type { ChangeNotifier } from './change-notifier.ts';

const INTERVAL_MS = 500;
/** Keys that a store takes in one call. */
const LOANS_EACH = 100;

export interface ChangePollerOptions {
  readonly store: Pick<Store, 'batchGet'>;
  readonly changes: ChangeNotifier;
  /** Told once when the store can't be read, with the cause, and once when it can again, without. */
  readonly onOutage: (cause?: unknown) => void;
  readonly intervalMs?: number;
}

/** Looks out for what other processes on the same store do to the loans that are watched in this one. */
export function startChangePoller({ store, changes, onOutage, intervalMs = INTERVAL_MS }: ChangePollerOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  let known = new Map<LoanId, number>();
  let isOut = false;

  async function pollOnce(): Promise<void> {
    const seen = new Map<LoanId, number>();
    const watched = changes.watched();
    for (let at = 0; at < watched.length && !stopping.signal.aborted; at += LOANS_EACH) {
      const loans = watched.slice(at, at + LOANS_EACH);
      const items = await store.batchGet(loans.map((loanId) => loanKey(loanId)));
      for (const [position, loanId] of loans.entries()) {
        const version = items[position]?.version ?? 0;
        seen.set(loanId, version);
        if (version > (known.get(loanId) ?? 0)) changes.tell(loanId, version);
      }
    }
    known = seen;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await pollOnce();
        if (isOut) onOutage();
        isOut = false;
      } catch (cause) {
        if (!isOut) onOutage(cause);
        isOut = true;
      }
      await pause(intervalMs, undefined, { signal: stopping.signal }).catch(ignoreAbort);
    }
  }

  const ended = run();
  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

function ignoreAbort(): void {}
