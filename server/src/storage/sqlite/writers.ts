import type { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { Commits } from './commits.ts';
import type { OpenFiles } from './store-file.ts';
import { startThread } from './threads/start.ts';
import { CLOSE, executeRequest, type WriterMessage, type WriterRequest, type WriterResponse } from './writer-protocol.ts';

/** Executes requests one at a time, in the order in which they are sent. */
export interface Writer {
  send(request: WriterRequest): Promise<WriterResponse>;
  /** After the requests before it. */
  close(): Promise<void>;
}

export interface ThreadEvents {
  /** Called when the store can't write any more until the program is restarted. */
  readonly onDeath?: ((cause: unknown) => void) | undefined;
  /** Called when the log could not be moved to the database beside the commits, which continue and move it themselves. */
  readonly onCheckpointError?: ((message: string) => void) | undefined;
}

/** Writes in a worker thread: for files, where every batch waits for the disk. */
export class ThreadWriter implements Writer {
  readonly #worker: Worker;
  readonly #pending: PromiseWithResolvers<WriterResponse>[] = [];
  readonly #ended: Promise<void>;
  readonly #events: ThreadEvents;
  #death: StoreError | undefined;
  #isClosing = false;

  /** @param events `onDeath` is called once if the thread ends before `close` */
  constructor(files: OpenFiles, events: ThreadEvents = {}) {
    this.#events = events;
    this.#worker = startThread('writer', files);
    this.#worker.on('message', (message: WriterMessage) => {
      if ('checkpointError' in message) events.onCheckpointError?.(message.checkpointError);
      else this.#pending.shift()?.resolve(message);
    });
    this.#worker.on('error', (cause) => this.#die(cause));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#die(new Error('the writer thread has ended'));
        resolve();
      });
    });
  }

  send(request: WriterRequest): Promise<WriterResponse> {
    if (this.#death) return Promise.reject(this.#death);
    this.#worker.postMessage(request); // first: it throws where a request can't be cloned, and then no response comes
    const pending = Promise.withResolvers<WriterResponse>();
    this.#pending.push(pending);
    return pending.promise;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#worker.postMessage(CLOSE);
    await this.#ended;
  }

  /** Whether the pending requests were carried out is unknown. */
  #die(cause: unknown): void {
    if (this.#death === undefined && !this.#isClosing) this.#events.onDeath?.(cause);
    this.#death ??= new StoreError('unavailable', 'the writer thread has ended; restart the program', cause);
    for (const { reject } of this.#pending.splice(0)) reject(this.#death);
  }
}

/** Writes in the calling thread: for stores in memory, which belong to one connection and wait for no disk. */
export class LocalWriter implements Writer {
  readonly #database: Database;
  readonly #commits: Commits;

  constructor(database: Database) {
    this.#database = database;
    this.#commits = new Commits(database);
  }

  async send(request: WriterRequest): Promise<WriterResponse> {
    return executeRequest(this.#commits, request);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
