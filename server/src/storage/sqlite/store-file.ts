import { closeSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { StoreError, StoreSetupError } from '../store.ts';

export const IN_MEMORY = ':memory:';

/** The log and its index, which exist while the store is in use, and after a stop that was not clean. */
const LOG_SUFFIXES = ['-wal', '-shm'];
/** Beside every store from its creation on, so that a store that is gone is not taken for one that never was. */
const MARKER_SUFFIX = '-marker';
const MARKER_TEXT = 'A store of Private Lending is beside this file. Remove this file only to begin with an empty store.\n';

/** Of `user_version` in the header (SQLite's file format, 1.3). */
const FORMAT_OFFSET = 60;

/** Creates the file if it doesn't exist, readable by its owner only: it holds e-mail addresses and secrets. */
export function createPrivateFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw toSetupError(path, cause);
  }
}

/** Notes that there is a store at the path, once it has its schema. */
export function markStore(path: string): void {
  try {
    writeFileSync(path + MARKER_SUFFIX, MARKER_TEXT, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw toSetupError(path, cause);
  }
}

/** @throws StoreSetupError for a store in memory, which no other program can open */
export function requireFile(path: string): void {
  if (path === IN_MEMORY) throw new StoreSetupError('A store in memory begins and ends with its program. Name a file.');
}

/** @throws StoreSetupError where there is no store at the path */
export function requireStore(path: string): void {
  requireFile(path);
  requireNotLost(path);
  if (hasContent(path)) return;
  const fullPath = isAbsolute(path) ? '' : ` (${resolve(path)})`;
  throw new StoreSetupError(
    `There is no store at ${path}${fullPath}. Go to the folder of the store or name it in STORE. "lending init" and "lending serve" create a new one.`,
  );
}

/** @throws StoreSetupError where what belongs to a store is there and the store itself is not */
export function requireNotLost(path: string): void {
  // Before the database itself, which another process that creates the store creates first.
  const remains = [...LOG_SUFFIXES, MARKER_SUFFIX].map((suffix) => path + suffix).filter(exists);
  if (remains.length === 0 || hasContent(path)) return;
  const list = remains.join(', ');
  throw new StoreSetupError(
    `The store ${path} is gone: the file is missing or empty, but there is still ${list}. Put the file back. Or stop what uses it, move ${list} away, and put a backup at ${path} or begin with an empty store.`,
  );
}

/** A leftover log means an unclean stop, or that another process uses the store. */
export function hasLeftoverLog(path: string): boolean {
  return exists(path) && hasContent(`${path}-wal`);
}

/** `user_version` in the header of a SQLite file, of which its log may have a newer one; undefined where there is no header. */
export function formatInHeader(path: string): number | undefined {
  if (!hasContent(path)) return undefined;
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4);
    return readSync(file, bytes, 0, bytes.length, FORMAT_OFFSET) === bytes.length ? bytes.readUInt32BE() : undefined;
  } finally {
    closeSync(file);
  }
}

/** The size of the file and its log, in bytes. */
export function sizeOnDisk(path: string): number {
  return (sizeOf(path) ?? 0) + (sizeOf(`${path}-wal`) ?? 0);
}

/** The files of an open store. Can be passed to a worker thread. */
export interface OpenFiles {
  readonly path: string;
  /** Of the database, its log and the log's index. */
  readonly identities: readonly (string | undefined)[];
}

/** @param path of a store that is open */
export function openFilesAt(path: string): OpenFiles {
  return { path, identities: identitiesAt(path) };
}

/**
 * Where the files of an open store are removed or replaced, SQLite continues to use the old ones, which no other process finds.
 * @throws StoreError `unavailable` where the path has other files by now
 */
export function requireInPlace({ path, identities: [database, ...log] }: OpenFiles): void {
  const [currentDatabase, ...currentLog] = identitiesAt(path);
  if (currentDatabase !== database)
    throw new StoreError(
      'unavailable',
      "the store's file was moved, removed or replaced while it is in use: put it back, or stop the program and restore a backup",
    );
  if (currentLog.some((identity, index) => identity !== log[index]))
    throw new StoreError(
      'unavailable',
      "the log beside the store's file was removed or replaced: restart the program, which saves its changes when it stops",
    );
}

function identitiesAt(path: string): (string | undefined)[] {
  try {
    return ['', ...LOG_SUFFIXES].map((suffix) => {
      const stats = statSync(path + suffix, { bigint: true, throwIfNoEntry: false });
      return stats && `${stats.dev}:${stats.ino}`;
    });
  } catch (cause) {
    throw new StoreError('unavailable', `the store's file can't be found: ${String(cause)}`, cause);
  }
}

function exists(path: string): boolean {
  return sizeOf(path) !== undefined;
}

/** A database of no bytes has no schema yet: it is about to be created, or was emptied. */
function hasContent(path: string): boolean {
  return (sizeOf(path) ?? 0) > 0;
}

/** In bytes; undefined where there is no file. */
function sizeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
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
