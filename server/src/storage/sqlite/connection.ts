import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { UnfitStoreError } from '../store.ts';
import { migrate } from './schema.ts';

/** How long a writer waits for another process that is writing, before it gives up. */
const BUSY_TIMEOUT_MS = 5000;
/** The log is cut back to this after a checkpoint, so that one large burst does not hold the disk for good. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

export const IN_MEMORY = ':memory:';

/** Opens a store for writing, made and migrated where it must be. Every commit is on the disk before it is told. */
export function openForWriting(path: string): Database {
  const database = open(path, {});
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
    migrate(database, path);
    return database;
  } catch (cause) {
    database.close();
    throw cause instanceof UnfitStoreError ? cause : unfit(path, cause);
  }
}

/** Opens a store that stands already, to read what is committed. */
export function openForReading(path: string): Database {
  return open(path, { readonly: true, fileMustExist: true });
}

/** A log that was left behind: the last stop was not clean, or another process is at work. */
export function hasLeftLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Reads the whole file. @throws UnfitStoreError where it is damaged */
export function checkIntegrity(database: Database, path: string): void {
  const [verdict] = database.prepare('PRAGMA integrity_check(1)').pluck().all();
  if (verdict !== 'ok') throw unfit(path, new Error(String(verdict)));
}

function open(path: string, options: Sqlite.Options): Database {
  try {
    return new Sqlite(path, { timeout: BUSY_TIMEOUT_MS, ...options });
  } catch (cause) {
    throw unfit(path, cause);
  }
}

function unfit(path: string, cause: unknown): UnfitStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnfitStoreError(
    `The store ${path} can't be used: ${reason}. Check the path and its rights; if the file is damaged, restore a backup.`,
    cause,
  );
}
