import { existsSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, StoredItem, StoredPage } from '../bulk-store.ts';
import { type CommitResult, checkWrites, type Item, type Key, StoreSetupError, type Write } from '../store.ts';
import { encodeCommit } from './commit-text.ts';
import { Commits } from './commits.ts';
import { openForReading, openOrCreate } from './connection.ts';
import { Reads, type SqlItemRow } from './reads.ts';
import { checkFile } from './schema.ts';
import { requireFile, requireStore, toSetupError } from './store-file.ts';

const PAGE_ITEMS = 500;

interface FullRow extends SqlItemRow {
  readonly index_partition: string | null;
  readonly index_sort: string | null;
  readonly expires_at: number | null;
}

/**
 * Creates a store where there is none.
 * @returns false where it exists already
 * @throws StoreSetupError
 */
export function makeSqlite(path: string): boolean {
  requireFile(path);
  const isNew = !existsSync(path);
  openOrCreate(path).close();
  return isNew;
}

/** Opens a store to copy from, as of this moment, while others may write to it. @throws StoreSetupError */
export function openSqliteSource(path: string): BulkStore {
  requireStore(path);
  const database = openForReading(path);
  try {
    database.exec('BEGIN'); // all reads are of the moment of the first one
    const found = checkFile(database, path);
    if (found === 'empty') throw new StoreSetupError(`There is no store at ${path}: the file is empty.`);
    if (found === 'previous')
      throw new StoreSetupError(`${path} was written by an older Private Lending. Run "lending init" once, which migrates it.`);
    return new SqliteBulkStore(database, path);
  } catch (cause) {
    database.close();
    throw cause instanceof StoreSetupError ? cause : toSetupError(path, cause);
  }
}

/** Opens a store to copy into, created where there is none. @throws StoreSetupError */
export function openSqliteTarget(path: string): BulkStore {
  requireFile(path);
  return new SqliteBulkStore(openOrCreate(path), path);
}

class SqliteBulkStore implements BulkStore {
  readonly #database: Database;
  readonly #path: string;
  readonly #reads: Reads;
  readonly #commits: Commits;
  readonly #page: Statement<[string, string, number], FullRow>;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#reads = new Reads(database);
    this.#commits = new Commits(database);
    this.#page = database.prepare('SELECT * FROM item WHERE (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?');
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.#run(() => this.#reads.get(keys));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    const [result] = this.#run(() => this.#commits.write([encodeCommit(command, writes)]));
    if (!result) throw new TypeError('a commit has no result');
    return result;
  }

  async size(): Promise<number> {
    return this.#run(() => Number(this.#database.prepare('SELECT count(*) FROM item').pluck().get()));
  }

  async *pages(after: Key = { partition: '', sort: '' }): AsyncGenerator<StoredPage> {
    for (let position: Key | undefined = after; position; ) {
      const { partition, sort }: Key = position;
      const items = this.#run(() => this.#page.all(partition, sort, PAGE_ITEMS)).map(toStoredItem);
      const next: Key | undefined = items.length < PAGE_ITEMS ? undefined : items.at(-1)?.key;
      yield { items, next };
      position = next;
    }
  }

  async put(items: readonly StoredItem[]): Promise<void> {
    this.#run(() => this.#commits.putAll(items));
  }

  async drop(key: Key, version: number): Promise<boolean> {
    return this.#run(() => this.#commits.drop({ key, version }));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** @throws StoreSetupError: the only one who can do something is the operator who copies */
  #run<Result>(call: () => Result): Result {
    try {
      return call();
    } catch (cause) {
      throw toSetupError(this.#path, cause);
    }
  }
}

function toStoredItem(row: FullRow): StoredItem {
  const { partition, sort, version, command, data: text, index_partition, index_sort, expires_at } = row;
  return {
    key: { partition, sort },
    version,
    command,
    text,
    ...(index_partition !== null && index_sort !== null && { index: { partition: index_partition, sort: index_sort } }),
    ...(expires_at !== null && { expiresAt: expires_at }),
  };
}
