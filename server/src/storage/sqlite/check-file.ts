import { once } from 'node:events';
import { StoreSetupError } from '../store.ts';
import { hasLeftoverLog, IN_MEMORY, requireNotLost, sizeOnDisk, toSetupError } from './store-file.ts';
import { startThread } from './writers.ts';

const PROGRESS_EVERY_MS = 10_000;
const MEGABYTE = 1_000_000;

/**
 * Checks the whole file of a store if its last stop was not clean, in another thread. Call it before the file is opened for
 * writing: after a failure, closing would delete the log that makes the next start check again.
 * @param progress gets a line about each step
 * @throws StoreSetupError where the file is damaged
 */
export async function checkAfterUncleanStop(path: string, progress: (line: string) => void): Promise<void> {
  if (path === IN_MEMORY) return;
  requireNotLost(path); // SQLite deletes the log of an empty file
  if (!hasLeftoverLog(path)) return;
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const megabytes = Math.ceil(sizeOnDisk(path) / MEGABYTE);
  progress(
    `the last stop was not clean, or another process uses the store: checking the whole file, ${megabytes} MB, before it is used`,
  );
  const reporting = setInterval(() => progress(`checking the whole file, ${megabytes} MB, for ${seconds()} s`), PROGRESS_EVERY_MS);
  try {
    const thread = startThread('check', path);
    await once(thread, 'exit'); // rejects with an error of the thread
  } catch (cause) {
    // An error loses its class between threads.
    throw cause instanceof Error && cause.name === StoreSetupError.name
      ? new StoreSetupError(cause.message)
      : toSetupError(path, cause);
  } finally {
    clearInterval(reporting);
  }
  progress(`the file is sound, checked in ${seconds()} s`);
}
