import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import { type CommitResult, type Item, StoreError, type Write } from '../store.ts';
import { Reads } from './reads.ts';
import { SCHEMA_VERSION, schemaVersion } from './schema.ts';

export interface Commit {
  readonly command: CommandId;
  readonly writes: readonly Write[];
}

/** How many expired items one batch may drop, so that no commit waits long for the cleaning. */
const DROPPED_MAX = 500;

/** Writes batches of commits on one connection: each commit all or nothing, all of a batch with one sync of the disk. */
export class Commits {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #put: Statement<unknown[]>;
  readonly #drop: Statement<[number, number]>;
  readonly #batch: (commits: readonly Commit[]) => CommitResult[];

  constructor(database: Database) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#put = database.prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#drop = database.prepare(
      `DELETE FROM item WHERE (partition, sort) IN
         (SELECT partition, sort FROM item WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
    );
    this.#batch = database.transaction((commits: readonly Commit[]) => {
      this.#requireOwnSchema();
      return commits.map((commit) => this.#apply(commit));
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
      return this.#drop.run(before, DROPPED_MAX).changes;
    } catch (cause) {
      throw toStoreError(cause);
    }
  }

  /** Every condition is looked at before anything is written, so a refused commit leaves no trace in its batch. */
  #apply({ command, writes }: Commit): CommitResult {
    const standing = new Map<number, Item<unknown> | undefined>(
      writes.map(({ key }, position) => [position, this.#reads.one(key)]),
    );
    const holds = writes.every(({ expected }, position) => (standing.get(position)?.version ?? 0) === expected);
    if (!holds) return { committed: false, standing };
    for (const { key, expected, data, index, expiresAt } of writes) {
      const text = JSON.stringify(data);
      this.#put.run(key.partition, key.sort, expected + 1, command, text, index?.partition, index?.sort, expiresAt);
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
  const busy = cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_BUSY');
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(busy ? 'busy' : 'unavailable', message, cause);
}
