import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import type { StoredItem } from '../bulk-store.ts';
import { type CommitResult, type Delete, isDelete, type Put, StoreError, toJson, type Write } from '../store.ts';
import { isBusy } from './connection.ts';
import { Reads } from './reads.ts';
import { SCHEMA_VERSION, schemaVersion } from './schema.ts';

export interface Commit {
  readonly command: CommandId;
  readonly rows: readonly Row[];
}

/** A write with its data as it is kept. */
export type Row = (Omit<Put, 'data'> & { readonly text: string }) | Delete;

/** Made before a commit joins others in a batch, so that data which can't be kept fails its own commit only. */
export function toRow(write: Write): Row {
  if (isDelete(write)) return write;
  const { data, ...put } = write;
  return { ...put, text: toJson(data) };
}

/** Has an item stand as it is, whatever stood there. */
export function preparePut(database: Database): (item: StoredItem) => void {
  const put = database.prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return ({ key, version, command, text, index, expiresAt }) => {
    put.run(key.partition, key.sort, version, command, text, index?.partition, index?.sort, expiresAt);
  };
}

/** How many expired items are dropped at a time, so that no commit waits long for the cleaning. */
export const EXPIRED_BATCH_MAX = 500;

/** Writes batches of commits on one connection: each commit all or nothing, all of a batch with one sync of the disk. */
export class Commits {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #put: (item: StoredItem) => void;
  readonly #remove: Statement<[string, string]>;
  readonly #drop: (before: number) => number;
  readonly #batch: (commits: readonly Commit[]) => CommitResult[];

  constructor(database: Database) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#put = preparePut(database);
    this.#remove = database.prepare('DELETE FROM item WHERE partition = ? AND sort = ?');
    const drop = database.prepare<[number, number]>(
      `DELETE FROM item WHERE (partition, sort) IN
         (SELECT partition, sort FROM item WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
    );
    this.#batch = database.transaction((commits: readonly Commit[]) => {
      this.#requireOwnSchema();
      return commits.map((commit) => this.#apply(commit));
    }).immediate;
    this.#drop = database.transaction((before: number) => {
      this.#requireOwnSchema();
      return drop.run(before, EXPIRED_BATCH_MAX).changes;
    }).immediate;
  }

  /** In the order given, each upon those before it. @throws StoreError where none of them was written */
  write(commits: readonly Commit[]): CommitResult[] {
    try {
      return this.#batch(commits);
    } catch (cause) {
      throw toStoreError(cause);
    }
  }

  /** Drops some of the items that expired before a moment, the oldest first. @returns how many */
  dropExpired(before: number): number {
    try {
      return this.#drop(before);
    } catch (cause) {
      throw toStoreError(cause);
    }
  }

  /** Every condition is looked at before anything is written, so a refused commit leaves no trace in its batch. */
  #apply({ command, rows }: Commit): CommitResult {
    if (!rows.every(({ key, expected }) => this.#reads.versionAt(key) === expected)) {
      return { committed: false, current: new Map(rows.map(({ key }, position) => [position, this.#reads.one(key)])) };
    }
    for (const row of rows) {
      if ('isDelete' in row) this.#remove.run(row.key.partition, row.key.sort);
      else this.#put({ ...row, version: row.expected + 1, command });
    }
    return { committed: true };
  }

  /** A newer program may have migrated the file under a running one, which must then not write the old shape into it. */
  #requireOwnSchema(): void {
    const version = schemaVersion(this.#database);
    if (version !== SCHEMA_VERSION) throw new Error(`the store is now of schema ${version}; this program writes ${SCHEMA_VERSION}`);
  }
}

function toStoreError(cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(isBusy(cause) ? 'busy' : 'unavailable', message, cause);
}
