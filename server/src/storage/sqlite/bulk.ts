import { existsSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, ItemKey, Page, StoredItem } from '../bulk-store.ts';
import { type CommitResult, checkWrites, type Item, type Key, StoreSetupError, type Write } from '../store.ts';
import { Commits, preparePut, toRow } from './commits.ts';
import { createPrivateFile, IN_MEMORY, openForReading, openForWriting, toSetupError } from './connection.ts';
import { Reads } from './reads.ts';
import { refuseUnknown, SCHEMA_VERSION, schemaVersion } from './schema.ts';

const PAGE_ITEMS = 500;

interface Row {
  readonly partition: string;
  readonly sort: string;
  readonly version: number;
  readonly command: CommandId;
  readonly data: string;
  readonly index_partition: string | null;
  readonly index_sort: string | null;
  readonly expires_at: number | null;
}

/**
 * Makes a store, or brings it up to date.
 * @returns whether it was made, or there already
 */
export function makeSqlite(path: string): boolean {
  refuseMemory(path);
  const isNew = !existsSync(path);
  createPrivateFile(path);
  openForWriting(path).close();
  return isNew;
}

/** A store to copy from, as of this moment, whatever others write to it meanwhile. */
export function openSqliteSource(path: string): BulkStore {
  refuseMemory(path);
  if (!existsSync(path)) throw new StoreSetupError(`There is no store at ${path}.`);
  const database = openForReading(path);
  try {
    // Before anything is read: this is the moment that all reads are of.
    database.exec('BEGIN');
    refuseUnknown(database, path);
    if (schemaVersion(database) !== SCHEMA_VERSION) {
      throw new StoreSetupError(`${path} is not a store of this version yet. STORE=sqlite:${path} npx lending init makes it one.`);
    }
    return new SqliteBulkStore(database, path);
  } catch (cause) {
    database.close();
    throw cause instanceof StoreSetupError ? cause : toSetupError(path, cause);
  }
}

/** A store to copy into, made where there is none. */
export function openSqliteTarget(path: string): BulkStore {
  refuseMemory(path);
  createPrivateFile(path);
  return new SqliteBulkStore(openForWriting(path), path);
}

function refuseMemory(path: string): void {
  if (path === IN_MEMORY) throw new StoreSetupError('A store in memory begins and ends with its program. Name a file.');
}

class SqliteBulkStore implements BulkStore {
  readonly #database: Database;
  readonly #path: string;
  readonly #reads: Reads;
  readonly #commits: Commits;
  readonly #page: Statement<[string, string, number], Row>;
  readonly #drop: Statement<[string, string, number]>;
  readonly #putAll: (items: readonly StoredItem[]) => void;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#reads = new Reads(database);
    this.#commits = new Commits(database);
    this.#page = database.prepare('SELECT * FROM item WHERE (partition, sort) > (?, ?) ORDER BY partition, sort LIMIT ?');
    this.#drop = database.prepare('DELETE FROM item WHERE partition = ? AND sort = ? AND version = ?');
    const put = preparePut(database);
    this.#putAll = database.transaction((items: readonly StoredItem[]) => items.forEach(put)).immediate;
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.#told(() => this.#reads.get(keys));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    const [result] = this.#told(() => this.#commits.write([{ command, rows: writes.map(toRow) }]));
    if (!result) throw new TypeError('a commit was not told of');
    return result;
  }

  async size(): Promise<number> {
    return this.#told(() => Number(this.#database.prepare('SELECT count(*) FROM item').pluck().get()));
  }

  async *pages(after: ItemKey = { partition: '', sort: '' }): AsyncGenerator<Page> {
    for (let behind: ItemKey | undefined = after; behind; ) {
      const { partition, sort }: ItemKey = behind;
      const items = this.#told(() => this.#page.all(partition, sort, PAGE_ITEMS)).map(toStored);
      const next: ItemKey | undefined = items.length < PAGE_ITEMS ? undefined : items.at(-1)?.key;
      yield { items, next };
      behind = next;
    }
  }

  async put(items: readonly StoredItem[]): Promise<void> {
    this.#told(() => this.#putAll(items));
  }

  async drop({ partition, sort }: ItemKey, version: number): Promise<boolean> {
    return this.#told(() => this.#drop.run(partition, sort, version).changes === 1);
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #told<Result>(ask: () => Result): Result {
    try {
      return ask();
    } catch (cause) {
      throw toSetupError(this.#path, cause);
    }
  }
}

function toStored(row: Row): StoredItem {
  const { partition, sort, version, command, data: text, index_partition, index_sort, expires_at } = row;
  return {
    key: { partition, sort },
    ...{ version, command, text },
    ...(index_partition !== null && index_sort !== null && { index: { partition: index_partition, sort: index_sort } }),
    ...(expires_at !== null && { expiresAt: expires_at }),
  };
}
