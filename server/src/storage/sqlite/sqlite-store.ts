import type { Database } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import {
  type CommitResult,
  checkKeys,
  checkWrites,
  EXPIRED_KEPT_MS,
  type IndexRange,
  type IndexRow,
  type Item,
  type Key,
  type Range,
  type Store,
  StoreError,
  type Write,
} from '../store.ts';
import { encodeCommit } from './commit-text.ts';
import { openForReading, openForWriting, openOrCreate } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import { Reads } from './reads.ts';
import { formatOf } from './schema.ts';
import { IN_MEMORY, type OpenFiles, openFilesAt, requireInPlace, requireStore } from './store-file.ts';
import { LocalWriter, type ThreadEvents, ThreadWriter } from './writers.ts';

/** Commits that may wait. The program admits fewer requests, so only a stalled disk reaches this. */
const WAITING_MAX = 8192;
const CLEANUP_EVERY_MS = 60_000;
/** Reads don't notice for at most this long that the file was removed or replaced. */
const FILE_CHECK_EVERY_MS = 1000;

export interface SqliteOptions extends ThreadEvents {
  /** Fail where there is no store, instead of creating one. */
  readonly mustExist?: boolean | undefined;
  readonly waitingMax?: number;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
}

/**
 * A store in one SQLite file, which several processes may open at once, or in memory.
 * @param path of the file, or `:memory:`
 * @throws StoreSetupError where the file is damaged, of another program or of another format
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Store {
  const { mustExist = false, waitingMax = WAITING_MAX, clock = Date.now } = options;
  if (mustExist) requireStore(path);
  if (path === IN_MEMORY) {
    const database = openForWriting(path);
    return new SqliteStore(database, new GroupCommit(new LocalWriter(database), waitingMax), clock);
  }
  const database = openOrCreate(path);
  const reader = openForReading(path);
  formatOf(reader); // opens the log too, which then exists until the reader is closed
  database.close();
  const files = openFilesAt(path);
  return new SqliteStore(reader, new GroupCommit(new ThreadWriter(files, options), waitingMax), clock, files);
}

class SqliteStore implements Store {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #commits: GroupCommit;
  readonly #cleanup: NodeJS.Timeout;
  /** Undefined in memory. */
  readonly #files: OpenFiles | undefined;
  #checkedAt = -Infinity;

  constructor(database: Database, commits: GroupCommit, clock: () => number, files?: OpenFiles) {
    this.#database = database;
    this.#files = files;
    this.#reads = new Reads(database);
    this.#commits = commits;
    this.#cleanup = setInterval(() => {
      // A failed cleanup is repeated by the next one, and a broken disk shows in the commits.
      this.#commits.dropExpired(clock() - EXPIRED_KEPT_MS).catch(() => {});
    }, CLEANUP_EVERY_MS).unref();
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    return this.#read(() => this.#reads.get(keys));
  }

  /** Reading as of one moment costs no more here. */
  batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.get(keys);
  }

  async list<Data>(range: Range<Data>): Promise<Item<Data>[]> {
    return this.#read(() => this.#reads.list(range));
  }

  async listIndex(range: IndexRange): Promise<IndexRow[]> {
    return this.#read(() => this.#reads.listIndex(range));
  }

  async commit(command: CommandId, writes: readonly Write[], deadline?: number): Promise<CommitResult> {
    checkWrites(writes);
    return this.#commits.commit(encodeCommit(command, writes), deadline);
  }

  /** The reader is closed first: the last connection of a file deletes the log, which a reader can't. */
  async close(): Promise<void> {
    clearInterval(this.#cleanup);
    if (this.#database.readonly) this.#database.close();
    await this.#commits.close();
  }

  /** @throws StoreError */
  #read<Result>(query: () => Result): Result {
    try {
      this.#requireFile();
      return query();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError('unavailable', cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  /** The writer thread checks the same before every batch. */
  #requireFile(): void {
    if (!this.#files || performance.now() - this.#checkedAt < FILE_CHECK_EVERY_MS) return;
    requireInPlace(this.#files);
    this.#checkedAt = performance.now();
  }
}
