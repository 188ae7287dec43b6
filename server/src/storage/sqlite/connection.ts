import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';
import { checkFile, createSchema } from './schema.ts';

/** How long a writer waits for another process that holds the write lock. */
const BUSY_TIMEOUT_MS = 5000;
const WAL_ATTEMPTS_MAX = 20;
/** The log is truncated to this after a checkpoint, so that a burst of writes doesn't occupy the disk forever. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

export const IN_MEMORY = ':memory:';

/** Creates the file if it doesn't exist, readable by its owner only: it holds e-mail addresses and secrets. */
export function createPrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw toSetupError(path, cause);
  }
}

/** Opens a store for writing and creates its schema in an empty file. Every commit is synced to disk. @throws StoreSetupError */
export function openForWriting(path: string): Database {
  const database = open(path, {});
  try {
    // Before WAL mode, which changes the file; in a transaction, as others may be creating the schema.
    database.transaction(() => checkFile(database, path))();
    enableWal(database);
    database.pragma('synchronous = FULL');
    database.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
    createSchema(database, path);
    return database;
  } catch (cause) {
    database.close();
    throw cause instanceof StoreSetupError ? cause : toSetupError(path, cause);
  }
}

/** Opens an existing store to read committed data. @throws StoreSetupError */
export function openForReading(path: string): Database {
  return open(path, { readonly: true, fileMustExist: true });
}

/** A leftover log means an unclean stop, or that another process uses the store. */
export function hasLeftoverLog(path: string): boolean {
  if (!existsSync(path)) return false;
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
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

/** Says in the operator's terms why a store can't be used. */
export function toSetupError(path: string, cause: unknown): StoreSetupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreSetupError(
    `The store ${path} can't be used: ${reason}. Check the path and its rights; if the file is damaged, restore a backup.`,
    cause,
  );
}
