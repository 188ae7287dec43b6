import type { ImportId } from '../domain/ids.ts';
import type { StepRetry } from '../domain/imports/lender-import.ts';
import { jitteredBackoffMs } from '../domain/limits/backoff.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import type { Pause } from '../outbox/pause.ts';
import { WorkQueue } from '../outbox/work-queue.ts';
import { isDueAt } from '../storage/due-items.ts';
import { startPolling } from './polling.ts';

/** The pauses between two searches for due or abandoned imports, while there are any and while there are none. */
const FIND_MS = { minMs: 1000, maxMs: 60_000 };
/** Imports that may wait for their next step; further ones are found by a later run. */
const WAITING_MAX = 10_000;
/** Backoff after errors of the store. Kept in memory, as such a store may not accept a record of it. */
const PAUSE = { minMs: 1000, maxMs: 60_000 };

export interface ImportWorkerOptions {
  readonly changes: Pick<ChangeNotifier, 'watchImports'>;
  /**
   * Takes the next step of an import. @returns whether another one may follow at once
   * @throws where the store, not the import, is the cause
   */
  readonly advance: (importId: ImportId) => Promise<boolean>;
  /** @returns when the next one is due */
  readonly findDue: (onFound: (importId: ImportId) => unknown) => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Default: by timers. */
  readonly pause?: Pause | undefined;
}

/**
 * Runs imports, alternating between them: after each step an import goes to the end of the queue. One whose step throws
 * is skipped for a while, and found again after that.
 * @returns stops the worker, and resolves once the running step is done
 */
export function startImportWorker(options: ImportWorkerOptions): () => Promise<void> {
  const { changes, advance, findDue, onError, clock, random } = options;
  const pauses = new Map<ImportId, StepRetry>();

  function pause(importId: ImportId): void {
    const failures = (pauses.get(importId)?.failures ?? 0) + 1;
    if (pauses.size >= WAITING_MAX) pauses.clear(); // some were continued by other processes and would stay
    pauses.set(importId, { failures, at: clock() + jitteredBackoffMs(failures, PAUSE, random) });
  }

  const queue = new WorkQueue<ImportId>({
    async process(importId) {
      if (!isDueAt(pauses.get(importId)?.at ?? 0, clock(), PAUSE.maxMs)) return;
      try {
        if (await advance(importId)) queue.add(importId);
        else poller.poke(); // it may wait for its hour: the next search says until when
        pauses.delete(importId);
      } catch (error) {
        pause(importId);
        throw error;
      }
    },
    onError,
    waitingMax: WAITING_MAX,
  });
  const add = (importId: ImportId) => queue.add(importId);
  const unsubscribe = changes.watchImports(add);
  const poller = startPolling(
    {
      ...FIND_MS,
      async run() {
        let found = 0;
        const next = await findDue((importId) => {
          found += 1;
          add(importId);
        });
        return { found, next };
      },
    },
    options,
  );
  return async () => {
    unsubscribe();
    await Promise.all([queue.stop(), poller.stop()]);
  };
}
