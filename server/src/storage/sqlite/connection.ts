import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';
import { migrate, refuseUnknown } from './schema.ts';

/** How long a writer waits for another process that is writing, before it gives up. */
const BUSY_TIMEOUT_MS = 5000;
/** How often making the log is tried while other processes are making the same file. */
const LOG_ATTEMPTS_MAX = 20;
/** The log is cut back to this after a checkpoint, so that one large burst does not hold the disk for good. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

export const IN_MEMORY = ':memory:';

/** The addresses of people and the keys of this installation are in it: whoever runs the program may read it, nobody else. */
export function createPrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw toSetupError(path, cause);
  }
}

/** Opens a store for writing, made and migrated where it must be. Every commit is on the disk before it is told. */
export function openForWriting(path: string): Database {
  const database = open(path, {});
  try {
    // Before anything is set, since the log is a change to the file; as of one moment, since others may be making it.
    database.transaction(() => refuseUnknown(database, path))();
    enableWal(database);
    database.pragma('synchronous = FULL');
    database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
    migrate(database, path);
    return database;
  } catch (cause) {
    database.close();
    throw cause instanceof StoreSetupError ? cause : toSetupError(path, cause);
  }
}

/** Opens a store that stands already, to read what is committed. */
export function openForReading(path: string): Database {
  return open(path, { readonly: true, fileMustExist: true });
}

/** A log that was left behind: the last stop was not clean, or another process is at work. */
export function hasLeftoverLog(path: string): boolean {
  if (!existsSync(path)) return false;
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Reads the whole file and changes nothing of it, nor of its log. @throws UnfitStoreError where it is damaged */
export function checkIntegrity(path: string): void {
  const database = openForReading(path);
  try {
    const [verdict] = database.prepare('PRAGMA integrity_check(1)').pluck().all();
    if (verdict !== 'ok') throw new Error(String(verdict));
  } catch (cause) {
    throw toSetupError(path, cause);
  } finally {
    database.close();
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** SQLite does not wait its turn here, so that of several processes that make one file some would be refused. */
function enableWal(database: Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (cause) {
      if (!isBusy(cause) || attempt === LOG_ATTEMPTS_MAX) throw cause;
      database.exec('BEGIN IMMEDIATE; COMMIT'); // here it does wait, until the other is through
    }
  }
}

function open(path: string, options: Sqlite.Options): Database {
  try {
    return new Sqlite(path, { timeout: BUSY_TIMEOUT_MS, ...options });
  } catch (cause) {
    throw toSetupError(path, cause);
  }
}

/** What a person is told of a store that can't be used. */
export function toSetupError(path: string, cause: unknown): StoreSetupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreSetupError(
    `The store ${path} can't be used: ${reason}. Check the path and its rights; if the file is damaged, restore a backup.`,
    cause,
  );
}
