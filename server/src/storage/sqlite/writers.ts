import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { StoreError } from '../store.ts';
import { Commits } from './commits.ts';
import { CLOSE, executeRequest, type WriterRequest, type WriterResponse } from './writer-protocol.ts';

/** Carries out orders one after the other, in the order given. */
export interface Writer {
  send(order: WriterRequest): Promise<WriterResponse>;
  /** After the orders before it. */
  close(): Promise<void>;
}

/** Writes in a thread of its own: for files, where every batch waits for the disk. */
export class ThreadWriter implements Writer {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<WriterResponse>[] = [];
  readonly #ended: Promise<void>;
  readonly #onDeath: (cause: unknown) => void;
  #death: StoreError | undefined;
  #isClosing = false;

  /** @param onDeath told once if the thread ends without having been asked to */
  constructor(path: string, onDeath: (cause: unknown) => void = () => {}) {
    this.#onDeath = onDeath;
    const isSource = import.meta.url.endsWith('.ts');
    const entry = new URL(isSource ? './writer-thread.ts' : './sqlite-thread.js', import.meta.url);
    const execArgv = isSource ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : [];
    // Without the environment of `node --watch`: with it, Node posts the thread's imports among its reports.
    this.#worker = new Worker(entry, { workerData: path, execArgv, env: {} });
    this.#worker.on('message', (report: WriterResponse) => this.#waiting.shift()?.resolve(report));
    this.#worker.on('error', (cause) => this.#die(cause));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#die(new Error('the writing thread has ended'));
        resolve();
      });
    });
  }

  send(order: WriterRequest): Promise<WriterResponse> {
    if (this.#death) return Promise.reject(this.#death);
    this.#worker.postMessage(order); // first, since it throws where the order can't be handed over: then no report comes
    const waiting = Promise.withResolvers<WriterResponse>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#worker.postMessage(CLOSE);
    await this.#ended;
  }

  /** What was under way may or may not have been written: nobody is left to tell. */
  #die(cause: unknown): void {
    if (this.#death === undefined && !this.#isClosing) this.#onDeath(cause);
    this.#death ??= new StoreError('unavailable', 'the writing thread is gone; restart the program', cause);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}

/** Writes where it stands: for stores in memory, which belong to one connection and wait for no disk. */
export class LocalWriter implements Writer {
  readonly #database: Database;
  readonly #commits: Commits;

  constructor(database: Database) {
    this.#database = database;
    this.#commits = new Commits(database);
  }

  async send(order: WriterRequest): Promise<WriterResponse> {
    return executeRequest(this.#commits, order);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
