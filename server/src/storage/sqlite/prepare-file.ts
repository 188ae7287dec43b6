import { once } from 'node:events';
import { StoreSetupError } from '../store.ts';
import { PREVIOUS_FORMAT } from './schema.ts';
import { formatInHeader, hasLeftoverLog, IN_MEMORY, requireNotLost, sizeOnDisk, toSetupError } from './store-file.ts';
import { startThread } from './threads/start.ts';

/* What may take minutes for a large file before it is opened. Other threads do it, so that the main thread can serve meanwhile. */

const PROGRESS_EVERY_MS = 10_000;
const MEGABYTE = 1_000_000;

/**
 * Checks the whole file of a store if its last stop was not clean. Call it before the file is opened for writing: after a failure,
 * closing would delete the log that makes the next start check again.
 * @param progress gets a line about each step
 * @throws StoreSetupError where the file is damaged
 */
export async function checkAfterUncleanStop(path: string, progress: (line: string) => void): Promise<void> {
  if (path === IN_MEMORY) return;
  requireNotLost(path); // SQLite deletes the log of an empty file
  if (!hasLeftoverLog(path)) return;
  const megabytes = megabytesOf(path);
  progress(
    `the last stop was not clean, or another process uses the store: checking the whole file, ${megabytes} MB, before it is used`,
  );
  const seconds = await runThread('check', path, (time) => progress(`checking the whole file, ${megabytes} MB, for ${time} s`));
  progress(`the file is sound, checked in ${seconds} s`);
}

/**
 * Migrates a file of the previous format, or waits until another process has.
 * @param progress gets a line about each step
 * @throws StoreSetupError
 */
export async function migrateFile(path: string, progress: (line: string) => void): Promise<void> {
  if (path === IN_MEMORY || formatInHeader(path) !== PREVIOUS_FORMAT) return;
  const megabytes = megabytesOf(path);
  progress(`the store was written by an older program: migrating the file, ${megabytes} MB, before it is used`);
  const seconds = await runThread('migrate', path, (time) => progress(`migrating the file, ${megabytes} MB, for ${time} s`));
  progress(`the file is migrated, in ${seconds} s`);
}

/** @returns the seconds that it took */
async function runThread(name: 'check' | 'migrate', path: string, onTime: (seconds: number) => void): Promise<number> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const reporting = setInterval(() => onTime(seconds()), PROGRESS_EVERY_MS);
  try {
    await once(startThread(name, path), 'exit'); // rejects with an error of the thread
  } catch (cause) {
    // An error loses its class between threads.
    throw cause instanceof Error && cause.name === StoreSetupError.name
      ? new StoreSetupError(cause.message)
      : toSetupError(path, cause);
  } finally {
    clearInterval(reporting);
  }
  return seconds();
}

function megabytesOf(path: string): number {
  return Math.ceil(sizeOnDisk(path) / MEGABYTE);
}
