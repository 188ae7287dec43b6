import type { Database } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import {
  type CommitResult,
  checkKeys,
  checkWrites,
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

/** Commits that may wait to be written. The program lets fewer requests wait, so this is met only under a stalled disk. */
const WAITING_MAX = 8192;
const CLEANING_EVERY_MS = 60_000;
/** How long an expired item stays, lest two clocks disagree about it. */
const EXPIRED_KEPT_MS = 3_600_000;

export interface SqliteOptions {
  /** Told what opening takes its time for. */
  readonly progress?: (line: string) => void;
  /** Check the whole file where the last stop was not clean. */
  readonly checkAfterUncleanStop?: boolean;
  readonly waitingMax?: number;
  /** Told when the store can't write any more, whatever comes: only starting anew helps. */
  readonly onDeath?: (cause: unknown) => void;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
}

/**
 * A store in one SQLite file, or in memory. Several processes may have the same file open: SQLite lets one write at a
 * time, and every commit checks what it found.
 * @param path of the file, or `:memory:`
 * @throws UnfitStoreError where the file is not ours, damaged, or of a newer program
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Store {
  const { progress = () => {}, checkAfterUncleanStop = false, waitingMax = WAITING_MAX, clock = Date.now, onDeath } = options;
  if (path === IN_MEMORY) {
    const database = openForWriting(path);
    return new SqliteStore(database, new GroupCommit(new LocalWriter(database), waitingMax), clock);
  }
  createPrivateFile(path);
  // Before anything opens it for writing: closing after a refusal would tidy away the log that tells the next start to check.
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
  readonly #cleaning: NodeJS.Timeout;

  constructor(database: Database, commits: GroupCommit, clock: () => number) {
    this.#database = database;
    this.#reads = new Reads(database);
    this.#commits = commits;
    this.#cleaning = setInterval(() => {
      // A cleaning that fails is done by the next one; what is wrong with the disk shows in the commits.
      this.#commits.dropExpired(clock() - EXPIRED_KEPT_MS).catch(() => {});
    }, CLEANING_EVERY_MS).unref();
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    return answered(() => this.#reads.get(keys));
  }

  /** One moment for all is as cheap here. */
  batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.get(keys);
  }

  async list<Data>(range: Range<Data>): Promise<Item<Data>[]> {
    return answered(() => this.#reads.list(range));
  }

  async listIndex(range: IndexRange): Promise<IndexRow[]> {
    return answered(() => this.#reads.listIndex(range));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    return this.#commits.commit({ command, rows: writes.map(toRow) });
  }

  /** The reader goes first: the last connection of a file tidies its log away, and a reader can't. */
  async close(): Promise<void> {
    clearInterval(this.#cleaning);
    if (this.#database.readonly) this.#database.close();
    await this.#commits.close();
  }
}

function answered<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new StoreError('unavailable', cause instanceof Error ? cause.message : String(cause), cause);
  }
}
