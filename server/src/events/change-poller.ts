import { setImmediate as nextIteration, setTimeout as sleep } from 'node:timers/promises';
import type { LoanId } from '../domain/ids.ts';
import { loanKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import type { ChangeNotifier } from './change-notifier.ts';

/** Between two polls. A poll reads the loans that are due in it. */
const INTERVAL_MS = 500;
/** Keys that a store takes in one call. */
const LOANS_PER_CALL = 100;
/** A loan is read at least every so many polls: 32 s. */
const POLLS_BETWEEN_READS_MAX = 64;

export interface ChangePollerOptions {
  readonly store: Pick<Store, 'batchGet'>;
  readonly changes: ChangeNotifier;
  /** Called once when the store can't be read, with the cause, and once when it can again, without. */
  readonly onOutage: (cause?: unknown) => void;
  readonly intervalMs?: number;
}

interface WatchedLoan {
  readonly version: number;
  /** The poll since which the loan has not changed. */
  readonly quietSince: number;
}

/**
 * Polls the versions of the watched loans, to notice changes that other processes make on the same store. The longer a loan is
 * quiet, the less often it is read: after a quarter of that time, in powers of two, so that loans share a call.
 * @internal exported for tests
 */
export class ChangePoller {
  readonly #store: Pick<Store, 'batchGet'>;
  readonly #changes: ChangeNotifier;
  readonly #stopListening: () => void;
  /** Loans that changed since the last poll, as far as this process knows. */
  readonly #changed = new Set<LoanId>();
  readonly #loans = new Map<LoanId, WatchedLoan>();
  #polls = 0;

  constructor({ store, changes }: Pick<ChangePollerOptions, 'store' | 'changes'>) {
    this.#store = store;
    this.#changes = changes;
    this.#stopListening = changes.watchAll((loanId) => void this.#changed.add(loanId));
  }

  close(): void {
    this.#stopListening();
  }

  /** Reads the loans that are due, and notifies of those that have changed. @throws where the store fails: then poll again */
  async poll(signal?: AbortSignal): Promise<void> {
    const due = this.#dueLoans();
    for (let start = 0; start < due.length && !signal?.aborted; start += LOANS_PER_CALL) {
      const loanIds = due.slice(start, start + LOANS_PER_CALL);
      const items = await this.#store.batchGet(loanIds.map((loanId) => loanKey(loanId)));
      for (const [index, loanId] of loanIds.entries()) {
        const version = items[index]?.version ?? 0;
        if (version <= (this.#loans.get(loanId)?.version ?? 0)) continue;
        this.#loans.set(loanId, { version, quietSince: this.#polls });
        this.#changes.notify(loanId, version); // so it is due in the next poll too
      }
      await nextIteration(); // a read of a local store does not wait, and there may be thousands of loans
    }
    this.#polls += 1;
  }

  #dueLoans(): LoanId[] {
    const watched = this.#changes.watched();
    const due: LoanId[] = [];
    for (const loanId of watched) {
      let loan = this.#loans.get(loanId);
      if (!loan || this.#changed.has(loanId)) {
        loan = { version: loan?.version ?? 0, quietSince: this.#polls };
        this.#loans.set(loanId, loan);
      }
      const between = pollsBetweenReads(this.#polls - loan.quietSince);
      if (this.#polls % between === 0) due.push(loanId);
    }
    this.#changed.clear();
    if (this.#loans.size > watched.length) this.#forget(new Set(watched));
    return due;
  }

  #forget(watched: ReadonlySet<LoanId>): void {
    for (const loanId of this.#loans.keys()) if (!watched.has(loanId)) this.#loans.delete(loanId);
  }
}

/** @param quiet polls since the loan's last change */
function pollsBetweenReads(quiet: number): number {
  return Math.min(2 ** Math.floor(Math.log2(Math.max(1, quiet / 4))), POLLS_BETWEEN_READS_MAX);
}

/** Polls until it is stopped. */
export function startChangePoller({ onOutage, intervalMs = INTERVAL_MS, ...options }: ChangePollerOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const { signal } = stopping;
  const poller = new ChangePoller(options);
  let isOut = false;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await poller.poll(signal);
        if (isOut) onOutage();
        isOut = false;
      } catch (cause) {
        if (!isOut) onOutage(cause);
        isOut = true;
      }
      await sleep(intervalMs, undefined, { signal }).catch(ignoreAbort);
    }
  }

  const stopped = run().finally(() => poller.close());
  return {
    stop() {
      stopping.abort();
      return stopped;
    },
  };
}

function ignoreAbort(): void {}
