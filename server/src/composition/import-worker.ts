import type { ImportId } from '../domain/ids.ts';
import type { ChangeNotifier } from '../events/change-notifier.ts';
import { SerialQueue } from '../outbox/serial-queue.ts';
import { startPeriodicTasks } from './periodic-tasks.ts';

/** An import whose hour has come, or that another process has left, is taken up a second later at the latest. */
const LOOK_EVERY_MS = 1000;
/** Imports that may wait for their next step here; others are found by the round. */
const WAITING_MAX = 10_000;

export interface ImportRunnerOptions {
  readonly changes: Pick<ChangeNotifier, 'watchImports'>;
  /** Takes the next step of an import. Never rejects. */
  readonly advance: (importId: ImportId) => Promise<unknown>;
  readonly findDue: (see: (importId: ImportId) => unknown) => Promise<unknown>;
  /** Told of what kept a round from being gone; it is gone again. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * Takes the steps of imports, of several in turn, for as long as the program runs: a step is told of as a change of its import, and so
 * brings it here again, behind the others.
 * @returns what ends it, once the step under way has come to its end
 */
export function runImports({ changes, advance, findDue, onFault }: ImportRunnerOptions): () => Promise<void> {
  const lane = new SerialQueue<ImportId>(advance, WAITING_MAX);
  const add = (importId: ImportId) => lane.add(importId);
  const ignore = changes.watchImports(add);
  const endRounds = startPeriodicTasks([{ everyMs: LOOK_EVERY_MS, go: () => findDue(add) }], onFault);
  return async () => {
    ignore();
    await Promise.all([lane.stop(), endRounds()]);
  };
}
