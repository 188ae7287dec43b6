import { setTimeout as sleep } from 'node:timers/promises';
import type { LoanId } from '../domain/ids.ts';
import { loanKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import type { ChangeNotifier } from './change-notifier.ts';

const INTERVAL_MS = 500;
/** Keys that a store takes in one call. */
const LOANS_PER_CALL = 100;

export interface ChangePollerOptions {
  readonly store: Pick<Store, 'batchGet'>;
  readonly changes: ChangeNotifier;
  /** Called once when the store can't be read, with the cause, and once when it can again, without. */
  readonly onOutage: (cause?: unknown) => void;
  readonly intervalMs?: number;
}

/** Polls the versions of the watched loans, to notice changes that other processes make on the same store. */
export function startChangePoller({ store, changes, onOutage, intervalMs = INTERVAL_MS }: ChangePollerOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  let knownVersions = new Map<LoanId, number>();
  let isOut = false;

  async function pollOnce(): Promise<void> {
    const versions = new Map<LoanId, number>();
    const watched = changes.watched();
    for (let start = 0; start < watched.length && !stopping.signal.aborted; start += LOANS_PER_CALL) {
      const loanIds = watched.slice(start, start + LOANS_PER_CALL);
      const items = await store.batchGet(loanIds.map((loanId) => loanKey(loanId)));
      for (const [index, loanId] of loanIds.entries()) {
        const version = items[index]?.version ?? 0;
        versions.set(loanId, version);
        if (version > (knownVersions.get(loanId) ?? 0)) changes.notify(loanId, version);
      }
    }
    knownVersions = versions;
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
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(ignoreAbort);
    }
  }

  const stopped = run();
  return {
    stop() {
      stopping.abort();
      return stopped;
    },
  };
}

function ignoreAbort(): void {}
