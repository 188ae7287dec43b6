import type { Worker } from 'node:worker_threads';
import type { Database, Statement } from 'better-sqlite3';
import { CHECKPOINT_PAGES } from './connection.ts';
import type { OpenFiles } from './store-file.ts';
import { startThread } from './threads/start.ts';
import { CLOSE } from './writer-protocol.ts';

/*
 * Moves the log to the database. SQLite would do it within a commit, for which all commits wait. So another thread moves it while
 * the writer thread writes, and syncs the database. What is written meanwhile is moved within a commit: only when nothing is left
 * does the log begin again at its start.
 */

/** So few pages are left to the commits, unless the writer is faster than the other thread. */
const REST_PAGES = 1000;
/** A pass that moves no more is so short that hardly a commit comes between. SQLite syncs the database only then. */
const SHORT_PASS_PAGES = 100;
const PASSES_MAX = 8;

/** Pages in the log, and those of them that are in the database. -1 where it could not be found out. */
interface LogSize {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/** What the thread reports. */
interface Moved {
  /** Whether a read transaction, or another process that moves the log, kept it from moving the most. */
  readonly isHeld: boolean;
}

/** Belongs to the writer thread. */
export class Checkpoints {
  readonly #database: Database;
  readonly #files: OpenFiles;
  readonly #onError: (cause: unknown) => void;
  readonly #startAt: number;
  readonly #size: Statement<[], LogSize>;
  /**
   * `waiting` for a log that is long enough, `moving` it in the thread, moving the `rest` in commits, or all of it since the thread
   * has `failed`. The latter two end when the log begins again.
   */
  #state: 'failed' | 'moving' | 'rest' | 'waiting' = 'waiting';
  /** Pages in the log from which on the thread moves it. */
  #moveAt: number;
  #thread: Worker | undefined;
  #threadEnded: Promise<void> | undefined;
  #isClosing: boolean = false;

  /**
   * @param onError called when the thread has failed; commits move the log then
   * @param startAt pages in the log from which on they are moved
   */
  constructor(database: Database, files: OpenFiles, onError: (cause: unknown) => void, startAt = CHECKPOINT_PAGES) {
    this.#database = database;
    this.#files = files;
    this.#onError = onError;
    this.#startAt = startAt;
    this.#moveAt = startAt;
    this.#size = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#enter('waiting');
  }

  /** To be called after each batch that is written. */
  afterBatch(): void {
    const size = this.#state === 'moving' ? undefined : this.#readSize();
    if (!size) return;
    if (size.log < this.#startAt) {
      this.#moveAt = this.#startAt;
      if (this.#state !== 'waiting') this.#enter('waiting');
      return;
    }
    const isLong = this.#state === 'waiting' && size.log >= this.#moveAt;
    const isRestHeld = this.#state === 'rest' && size.log - size.checkpointed > REST_PAGES;
    if (!isLong && !isRestHeld) return;
    this.#enter('moving');
    this.#thread ??= this.#start();
    this.#thread.postMessage('move');
  }

  /** To be called after each batch that could not be written. On a full disk, only a log that begins again has room for the next. */
  afterFailure(): void {
    try {
      if (this.#state !== 'moving') checkpoint(this.#database, 'PASSIVE');
    } catch {} // commits continue to fail, and say why
  }

  /** Resolves when the other thread has closed its connection: the last one that is closed deletes the log. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#thread?.postMessage(CLOSE);
    await this.#threadEnded;
  }

  #start(): Worker {
    const thread = startThread('checkpoint', this.#files);
    thread.on('message', ({ isHeld }: Moved) => {
      // A pass that is held costs little, so it is repeated soon: the commits should not find a long log when the reader ends.
      if (isHeld) this.#moveAt = (this.#readSize()?.log ?? 0) + REST_PAGES;
      this.#enter(isHeld ? 'waiting' : 'rest');
    });
    thread.on('error', (cause) => this.#fail(thread, cause));
    this.#threadEnded = new Promise((resolve) => {
      thread.on('exit', () => {
        this.#fail(thread, new Error('the checkpoint thread has ended'));
        resolve();
      });
    });
    return thread;
  }

  /** As without the thread, until the log has begun again; then another thread is started. */
  #fail(thread: Worker, cause: unknown): void {
    if (this.#thread !== thread) return; // already noticed
    this.#thread = undefined;
    if (this.#isClosing) return;
    this.#enter('failed');
    this.#onError(cause);
  }

  #enter(state: 'failed' | 'moving' | 'rest' | 'waiting'): void {
    this.#state = state;
    const commitsMove = state === 'rest' || state === 'failed';
    this.#database.pragma(`wal_autocheckpoint = ${commitsMove ? this.#startAt : 0}`);
  }

  /** @returns undefined where it can't be found out: a broken disk shows in the commits */
  #readSize(): LogSize | undefined {
    try {
      return this.#size.get();
    } catch {
      return undefined;
    }
  }
}

/** Moves the log until only what was written during a short pass is left. Others may read and write meanwhile. */
export function moveLog(database: Pick<Database, 'pragma'>): Moved {
  let before = checkpoint(database, 'NOOP');
  for (let pass = 1; ; pass += 1) {
    const { busy, log, checkpointed } = checkpoint(database, 'PASSIVE');
    const after = checkpoint(database, 'NOOP');
    const left = after.log - after.checkpointed;
    if (pass === PASSES_MAX || left === 0 || checkpointed - before.checkpointed <= SHORT_PASS_PAGES)
      return { isHeld: left > REST_PAGES && (busy === 1 || checkpointed < log) };
    before = after;
  }
}

/** @param mode `PASSIVE` moves what no reader needs, and waits for nobody; `NOOP` moves nothing */
function checkpoint(database: Pick<Database, 'pragma'>, mode: 'NOOP' | 'PASSIVE'): LogSize {
  const [size] = database.pragma(`wal_checkpoint(${mode})`) as LogSize[];
  return size ?? { busy: 0, log: 0, checkpointed: 0 };
}
