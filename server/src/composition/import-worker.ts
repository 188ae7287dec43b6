import type { ImportId } from '../domain/ids.ts';
import type { StepRetry } from '../domain/imports/lender-import.ts';
import { jitteredBackoffMs } from '../domain/limits/backoff.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import { SerialQueue } from '../outbox/serial-queue.ts';
import { isDueAt } from '../storage/due-items.ts';
import { startPeriodicTasks } from './periodic-tasks.ts';

/** How soon a due or abandoned import is found. */
const FIND_EVERY_MS = 1000;
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
  readonly findDue: (onFound: (importId: ImportId) => unknown) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
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

  const queue = new SerialQueue<ImportId>({
    async process(importId) {
      if (!isDueAt(pauses.get(importId)?.at ?? 0, clock(), PAUSE.maxMs)) return;
      try {
        if (await advance(importId)) queue.add(importId);
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
  const stopFinding = startPeriodicTasks([{ everyMs: FIND_EVERY_MS, run: () => findDue(add) }], onError);
  return async () => {
    unsubscribe();
    await Promise.all([queue.stop(), stopFinding()]);
  };
}
