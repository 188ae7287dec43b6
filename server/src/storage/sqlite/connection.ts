import Sqlite, { type Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';
import { checkFile, createSchema } from './schema.ts';
import { createPrivateFile, markStore, type OpenFiles, requireInPlace, requireNotLost, toSetupError } from './store-file.ts';

/** How long a writer waits for another process that holds the write lock. */
const BUSY_TIMEOUT_MS = 5000;
const WAL_ATTEMPTS_MAX = 20;
/** Of the pages that a writer changes. */
const WRITER_CACHE_KIB = 32 * 1024;
/** Pages in the log from which on they are moved to the database. More than SQLite's 1000, as a page that changes often is moved once. */
export const CHECKPOINT_PAGES = 10_000;
/** The log is truncated to this after a checkpoint, so that a burst of writes doesn't occupy the disk forever. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

/** Opens a store to write; an empty file gets its tables, one of the previous format is migrated. Every commit is synced to disk. @throws StoreSetupError */
export function openForWriting(path: string, options: Sqlite.Options = {}): Database {
  const database = open(path, options);
  try {
    // Before WAL mode, which changes the file; in a transaction, as others may be creating the schema.
    database.transaction(() => checkFile(database, path))();
    enableWal(database);
    database.pragma('synchronous = FULL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
    database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
    createSchema(database, path);
    return database;
  } catch (cause) {
    database.close();
    if (cause instanceof StoreSetupError) throw cause;
    throw isBusy(cause) ? lockedError(path, cause) : toSetupError(path, cause);
  }
}

/** Opens a store to write, created where there is none. @throws StoreSetupError also where a store was and is gone */
export function openOrCreate(path: string): Database {
  requireNotLost(path);
  createPrivateFile(path);
  const database = openForWriting(path);
  markStore(path);
  return database;
}

/** Opens an existing store to read committed data. @throws StoreSetupError */
export function openForReading(path: string): Database {
  return open(path, { readonly: true, fileMustExist: true });
}

/**
 * Opens a store that is open already, to move its log. Other files at the path are left alone: SQLite would apply a log to any file
 * that it is beside.
 * @throws StoreError where there are others
 */
export function openToCheckpoint(files: OpenFiles): Database {
  requireInPlace(files);
  const database = open(files.path, { fileMustExist: true });
  requireInPlace(files); // reads nothing before
  database.pragma('synchronous = FULL');
  return database;
}

/** Reads the whole file, and changes neither it nor its log. @throws StoreSetupError where it is damaged */
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

function lockedError(path: string, cause: unknown): StoreSetupError {
  const message = `The store ${path} is locked by another process, which may be migrating it. Try again when that has ended.`;
  return new StoreSetupError(message, cause);
}

export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** SQLite ignores the busy timeout here, so that of several processes that create one file some would fail. */
function enableWal(database: Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (cause) {
      if (!isBusy(cause) || attempt === WAL_ATTEMPTS_MAX) throw cause;
      database.exec('BEGIN IMMEDIATE; COMMIT'); // waits for the other process
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
