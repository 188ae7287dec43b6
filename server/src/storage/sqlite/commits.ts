import type { Database, Statement } from 'better-sqlite3';
import type { StoredItem } from '../bulk-store.ts';
import { type CommitResult, type Key, StoreError } from '../store.ts';
import { type Commit, type CommitText, decodeCommit, type Indexed } from './commit-text.ts';
import { isBusy } from './connection.ts';
import { EntryWriter } from './index-entries.ts';
import { Reads } from './reads.ts';
import { FILE_FORMAT, formatOf } from './schema.ts';

/** What has to be known of an item to change it. */
interface Found {
  readonly id: number;
  readonly version: number;
  readonly index_partition: string | null;
  readonly index_sort: string | null;
}

type Values = readonly [version: number, command: string, ...Indexed, text: string];

/** Expired items that one `dropExpired` deletes, so that commits don't wait long for it. */
export const EXPIRED_BATCH_MAX = 500;

/** A commit of the batch does not find the version that it expects. */
class Conflict extends Error {}

/** Writes batches of commits on one connection: each commit all or nothing, a batch with one sync of the disk. */
export class Commits {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #entries: EntryWriter;
  readonly #find: Statement<[string, string], Found>;
  readonly #insert: Statement<[string, string, ...Values]>;
  readonly #changeData: Statement<[number, string, string, string, string, number, ...Indexed]>;
  readonly #change: Statement<[...Values, number]>;
  readonly #delete: Statement<[number]>;
  readonly #write: (commits: readonly Commit[]) => CommitResult[];
  readonly #writeChecked: (commits: readonly Commit[]) => CommitResult[];
  #lockWaitMs: number | undefined;
  /** Deletes some of the items that expired before a moment, oldest first. @returns how many */
  readonly dropExpired: (before: number) => number;
  /** Stores the items, whatever there is at their keys. */
  readonly putAll: (items: readonly StoredItem[]) => void;
  /** Deletes the item if it has this version. */
  readonly drop: (item: { readonly key: Key; readonly version: number }) => boolean;

  constructor(database: Database) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#entries = new EntryWriter(database);
    const found = 'SELECT id, version, index_partition, index_sort FROM item';
    this.#find = database.prepare(`${found} WHERE partition = ? AND sort = ?`);
    this.#insert = database.prepare(
      `INSERT INTO item (partition, sort, version, command, index_partition, index_sort, expires_at, data)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    // Sets no indexed column, so SQLite touches no index.
    this.#changeData = database.prepare(
      `UPDATE item SET version = ?, command = ?, data = ?
         WHERE partition = ? AND sort = ? AND version = ? AND index_partition IS ? AND index_sort IS ? AND expires_at IS ?`,
    );
    this.#change = database.prepare(
      'UPDATE item SET version = ?, command = ?, index_partition = ?, index_sort = ?, expires_at = ?, data = ? WHERE id = ?',
    );
    this.#delete = database.prepare('DELETE FROM item WHERE id = ?');
    const expired = database.prepare<[number, number], Found>(`${found} WHERE expires_at < ? ORDER BY expires_at LIMIT ?`);
    this.#write = this.#transaction((commits: readonly Commit[]) => commits.map((commit) => this.#apply(commit)));
    this.#writeChecked = this.#transaction((commits: readonly Commit[]) => commits.map((commit) => this.#applyChecked(commit)));
    this.dropExpired = this.#transaction((before: number) => {
      const items = expired.all(before, EXPIRED_BATCH_MAX);
      for (const item of items) this.#remove(item);
      return items.length;
    });
    this.putAll = this.#transaction((items: readonly StoredItem[]) => {
      for (const item of items) this.#put(item);
    });
    this.drop = this.#transaction(({ key, version }) => {
      const item = this.#find.get(key.partition, key.sort);
      if (item?.version !== version) return false;
      this.#remove(item);
      return true;
    });
  }

  /** How long the next writes wait for a process that holds the write lock. */
  waitForLock(ms: number): void {
    if (ms !== this.#lockWaitMs) this.#database.pragma(`busy_timeout = ${ms}`);
    this.#lockWaitMs = ms;
  }

  /** In the given order, each on top of those before it. @throws StoreError where none of them was written */
  write(texts: readonly CommitText[]): CommitResult[] {
    const commits = texts.map(decodeCommit);
    try {
      return this.#write(commits);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return this.#writeChecked(commits); // conflicts are rare, so most batches are not checked before they are written
    }
  }

  /** Checks all conditions before it writes anything, so a rejected commit leaves no trace in its batch. */
  #applyChecked(commit: Commit): CommitResult {
    const keys = commit.rows.map(([partition, sort]) => ({ partition, sort }));
    if (commit.rows.every(([, , expected], position) => this.#reads.versionAt(keys[position] as Key) === expected))
      return this.#apply(commit);
    return { committed: false, current: new Map(keys.map((key, position) => [position, this.#reads.one(key)])) };
  }

  /** @throws Conflict */
  #apply({ command, rows }: Commit): CommitResult {
    for (const [partition, sort, expected, text, ...index] of rows) {
      if (text === null) this.#deleteVersion(partition, sort, expected);
      else if (expected === 0) this.#insertNew(partition, sort, 1, command, text, index);
      else this.#changeVersion(partition, sort, expected, command, text, index);
    }
    return { committed: true };
  }

  #insertNew(partition: string, sort: string, version: number, command: string, text: string, index: Indexed): void {
    const [indexPartition, indexSort, expiresAt] = index;
    const { changes, lastInsertRowid } = this.#insert.run(
      partition,
      sort,
      version,
      command,
      indexPartition,
      indexSort,
      expiresAt,
      text,
    );
    if (changes !== 1) throw new Conflict();
    this.#entries.add(Number(lastInsertRowid), indexPartition, indexSort);
  }

  #changeVersion(partition: string, sort: string, expected: number, command: string, text: string, index: Indexed): void {
    const version = expected + 1;
    if (this.#changeData.run(version, command, text, partition, sort, expected, ...index).changes === 1) return;
    const item = this.#find.get(partition, sort);
    if (item?.version !== expected) throw new Conflict();
    this.#entries.remove(item.id, item.index_partition, item.index_sort);
    this.#change.run(version, command, ...index, text, item.id);
    this.#entries.add(item.id, index[0], index[1]);
  }

  #deleteVersion(partition: string, sort: string, expected: number): void {
    const item = this.#find.get(partition, sort);
    if (item?.version !== expected) throw new Conflict();
    this.#remove(item);
  }

  #remove({ id, index_partition, index_sort }: Found): void {
    this.#entries.remove(id, index_partition, index_sort);
    this.#delete.run(id);
  }

  #put({ key: { partition, sort }, version, command, text, index, expiresAt }: StoredItem): void {
    const existing = this.#find.get(partition, sort);
    if (existing) this.#remove(existing);
    const indexed: Indexed = [index?.partition ?? null, index?.sort ?? null, expiresAt ?? null];
    this.#insertNew(partition, sort, version, command, text, indexed);
  }

  #transaction<Input, Result>(write: (input: Input) => Result): (input: Input) => Result {
    const transaction = this.#database.transaction((input: Input) => {
      this.#requireOwnFormat();
      this.#entries.begin();
      const result = write(input);
      return { result, committed: this.#entries.end() };
    });
    return (input) => {
      try {
        const { result, committed } = transaction.immediate(input);
        committed();
        return result;
      } catch (cause) {
        throw cause instanceof Conflict ? cause : toStoreError(cause);
      }
    };
  }

  /** A newer program may have migrated the file since it was opened; this one must not write its older format then. */
  #requireOwnFormat(): void {
    const format = formatOf(this.#database);
    if (format !== FILE_FORMAT) throw new Error(`the store has format ${format} by now; this program writes ${FILE_FORMAT}`);
  }
}

function toStoreError(cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(isBusy(cause) ? 'busy' : 'unavailable', message, cause);
}
