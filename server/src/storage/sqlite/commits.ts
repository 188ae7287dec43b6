import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import type { StoredItem } from '../bulk-store.ts';
import { type CommitResult, type Delete, isDelete, type Put, StoreError, toJson, type Write } from '../store.ts';
import { STORE_FORMAT } from '../store-format.ts';
import { isBusy } from './connection.ts';
import { Reads } from './reads.ts';
import { formatOf } from './schema.ts';

export interface Commit {
  readonly command: CommandId;
  readonly rows: readonly WriteRow[];
}

/** A write with its data as JSON. */
export type WriteRow = (Omit<Put, 'data'> & { readonly text: string }) | Delete;

/** Called before a commit joins a batch, so that data without a JSON form fails this commit only. */
export function toRow(write: Write): WriteRow {
  if (isDelete(write)) return write;
  const { data, ...put } = write;
  return { ...put, text: toJson(data) };
}

/** Prepares an unconditional put. */
export function preparePut(database: Database): (item: StoredItem) => void {
  const put = database.prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return ({ key, version, command, text, index, expiresAt }) => {
    put.run(key.partition, key.sort, version, command, text, index?.partition, index?.sort, expiresAt);
  };
}

/** Expired items that one `dropExpired` deletes, so that commits don't wait long for it. */
export const EXPIRED_BATCH_MAX = 500;

/** Writes batches of commits on one connection: each commit all or nothing, a batch with one sync of the disk. */
export class Commits {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #put: (item: StoredItem) => void;
  readonly #delete: Statement<[string, string]>;
  #lockWaitMs: number | undefined;
  /** In the given order, each on top of those before it. @throws StoreError where none of them was written */
  readonly write: (commits: readonly Commit[]) => CommitResult[];
  /** Deletes some of the items that expired before a moment, oldest first. @returns how many */
  readonly dropExpired: (before: number) => number;

  constructor(database: Database) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#put = preparePut(database);
    this.#delete = database.prepare('DELETE FROM item WHERE partition = ? AND sort = ?');
    const drop = database.prepare<[number, number]>(
      `DELETE FROM item WHERE (partition, sort) IN
         (SELECT partition, sort FROM item WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
    );
    this.write = this.#transaction((commits: readonly Commit[]) => commits.map((commit) => this.#apply(commit)));
    this.dropExpired = this.#transaction((before: number) => drop.run(before, EXPIRED_BATCH_MAX).changes);
  }

  /** How long the next writes wait for a process that holds the write lock. */
  waitForLock(ms: number): void {
    if (ms !== this.#lockWaitMs) this.#database.pragma(`busy_timeout = ${ms}`);
    this.#lockWaitMs = ms;
  }

  /** Checks all conditions before it writes anything, so a rejected commit leaves no trace in its batch. */
  #apply({ command, rows }: Commit): CommitResult {
    if (!rows.every(({ key, expected }) => this.#reads.versionAt(key) === expected)) {
      return { committed: false, current: new Map(rows.map(({ key }, position) => [position, this.#reads.one(key)])) };
    }
    for (const row of rows) {
      if ('isDelete' in row) this.#delete.run(row.key.partition, row.key.sort);
      else this.#put({ ...row, version: row.expected + 1, command });
    }
    return { committed: true };
  }

  #transaction<Input, Result>(write: (input: Input) => Result): (input: Input) => Result {
    const transaction = this.#database.transaction((input: Input) => {
      this.#requireOwnFormat();
      return write(input);
    });
    return (input) => {
      try {
        return transaction.immediate(input);
      } catch (cause) {
        throw toStoreError(cause);
      }
    };
  }

  /** A newer program may have migrated the file since it was opened; this one must not write its older format then. */
  #requireOwnFormat(): void {
    const format = formatOf(this.#database);
    if (format !== STORE_FORMAT) throw new Error(`the store has format ${format} by now; this program writes ${STORE_FORMAT}`);
  }
}

function toStoreError(cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(isBusy(cause) ? 'busy' : 'unavailable', message, cause);
}
