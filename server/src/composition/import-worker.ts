import type { ImportId } from '../domain/ids.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import { SerialQueue } from '../outbox/serial-queue.ts';
import { startPeriodicTasks } from './periodic-tasks.ts';

/** How soon a due or abandoned import is found. */
const FIND_EVERY_MS = 1000;
/** Imports that may wait for their next step; further ones are found by a later run. */
const WAITING_MAX = 10_000;

export interface ImportWorkerOptions {
  readonly changes: Pick<ChangeNotifier, 'watchImports'>;
  /** Takes the next step of an import. @returns whether another one may follow at once */
  readonly advance: (importId: ImportId) => Promise<boolean>;
  readonly findDue: (onFound: (importId: ImportId) => unknown) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

/**
 * Runs imports, alternating between them: after each step an import goes to the end of the queue.
 * @returns stops the worker, and resolves once the running step is done
 */
export function startImportWorker({ changes, advance, findDue, onError }: ImportWorkerOptions): () => Promise<void> {
  const queue = new SerialQueue<ImportId>({
    async process(importId) {
      if (await advance(importId)) queue.add(importId);
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
