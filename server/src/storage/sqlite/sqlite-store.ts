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
import { toRow } from './commits.ts';
import { checkIntegrity, createPrivateFile, hasLeftoverLog, IN_MEMORY, openForReading, openForWriting } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import { Reads } from './reads.ts';
import { LocalWriter, ThreadWriter } from './writers.ts';

/** Commits that may wait. The program admits fewer requests, so only a stalled disk reaches this. */
const WAITING_MAX = 8192;
const CLEANUP_EVERY_MS = 60_000;

export interface SqliteOptions {
  /** Gets a line about each slow step of opening. */
  readonly progress?: (line: string) => void;
  /** Check the whole file after an unclean stop. */
  readonly checkAfterUncleanStop?: boolean;
  readonly waitingMax?: number;
  /** Called when the store can't write any more until the program is restarted. */
  readonly onDeath?: (cause: unknown) => void;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
}

/**
 * A store in one SQLite file, which several processes may open at once, or in memory.
 * @param path of the file, or `:memory:`
 * @throws StoreSetupError where the file is damaged, of another program or of another format
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Store {
  const { progress = () => {}, checkAfterUncleanStop = false, waitingMax = WAITING_MAX, clock = Date.now, onDeath } = options;
  if (path === IN_MEMORY) {
    const database = openForWriting(path);
    return new SqliteStore(database, new GroupCommit(new LocalWriter(database), waitingMax), clock);
  }
  createPrivateFile(path);
  // Before it is opened for writing: if opening fails, closing would delete the log by which the next start knows to check.
  if (checkAfterUncleanStop && hasLeftoverLog(path)) {
    progress(`The last stop of ${path} was not clean, or another process uses it: checking the whole file ...`);
    checkIntegrity(path);
    progress(`${path} is sound.`);
  }
  const database = openForWriting(path);
  const reader = openForReading(path);
  database.close();
  return new SqliteStore(reader, new GroupCommit(new ThreadWriter(path, onDeath), waitingMax), clock);
}

class SqliteStore implements Store {
  readonly #database: Database;
  readonly #reads: Reads;
  readonly #commits: GroupCommit;
  readonly #cleanup: NodeJS.Timeout;

  constructor(database: Database, commits: GroupCommit, clock: () => number) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#commits = commits;
    this.#cleanup = setInterval(() => {
      // A failed cleanup is repeated by the next one, and a broken disk shows in the commits.
      this.#commits.dropExpired(clock() - EXPIRED_KEPT_MS).catch(() => {});
    }, CLEANUP_EVERY_MS).unref();
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    return read(() => this.#reads.get(keys));
  }

  /** Reading as of one moment costs no more here. */
  batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.get(keys);
  }

  async list<Data>(range: Range<Data>): Promise<Item<Data>[]> {
    return read(() => this.#reads.list(range));
  }

  async listIndex(range: IndexRange): Promise<IndexRow[]> {
    return read(() => this.#reads.listIndex(range));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    return this.#commits.commit({ command, rows: writes.map(toRow) });
  }

  /** The reader is closed first: the last connection of a file deletes the log, which a reader can't. */
  async close(): Promise<void> {
    clearInterval(this.#cleanup);
    if (this.#database.readonly) this.#database.close();
    await this.#commits.close();
  }
}

/** @throws StoreError */
function read<Result>(query: () => Result): Result {
  try {
    return query();
  } catch (cause) {
    throw new StoreError('unavailable', cause instanceof Error ? cause.message : String(cause), cause);
  }
}
