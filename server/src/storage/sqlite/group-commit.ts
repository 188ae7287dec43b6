import { type CommitResult, StoreError } from '../store.ts';
import type { CommitText } from './commit-text.ts';
import { EXPIRED_BATCH_MAX } from './commits.ts';
import type { WriterResponse } from './writer-protocol.ts';
import type { Writer } from './writers.ts';

/** Commits in one batch: enough to share a sync, few enough that none waits long. */
const BATCH_MAX = 256;
/** How long a commit without a deadline waits for another process that holds the write lock. */
const LOCK_WAIT_MS = 5000;

interface PendingCommit {
  readonly commit: CommitText;
  readonly deadline: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: commits that arrive together share one sync of the disk. While a batch is written, the next one
 * gathers. A commit resolves once its batch is durable.
 */
export class GroupCommit {
  readonly #writer: Writer;
  readonly #waitingMax: number;
  #waiting: PendingCommit[] = [];
  #batch: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @param waitingMax commits that may wait for their batch; further ones are rejected as `busy` */
  constructor(writer: Writer, waitingMax: number) {
    this.#writer = writer;
    this.#waitingMax = waitingMax;
  }

  /** @param deadline of `performance.now()`, for waiting until another process releases the write lock */
  commit(commit: CommitText, deadline = performance.now() + LOCK_WAIT_MS): Promise<CommitResult> {
    if (this.#closing !== undefined) return Promise.reject(new StoreError('busy', 'the store is closing'));
    if (this.#waiting.length >= this.#waitingMax) return Promise.reject(new StoreError('busy', 'too many commits wait'));
    const result = new Promise<CommitResult>((resolve, reject) => this.#waiting.push({ commit, deadline, resolve, reject }));
    this.#batch ??= this.#writeAll();
    return result;
  }

  /** Deletes all items that expired before a moment, some at a time, with commits in between. */
  async dropExpired(before: number): Promise<void> {
    for (let dropped = EXPIRED_BATCH_MAX; dropped === EXPIRED_BATCH_MAX && this.#closing === undefined; ) {
      const response = requireSuccess(await this.#writer.send({ kind: 'drop', before }));
      dropped = 'dropped' in response ? response.dropped : 0;
    }
  }

  /** Writes all accepted commits first. */
  close(): Promise<void> {
    this.#closing ??= Promise.resolve(this.#batch).then(() => this.#writer.close());
    return this.#closing;
  }

  async #writeAll(): Promise<void> {
    await new Promise(setImmediate); // commits that arrive in the same tick join the first batch
    while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0, BATCH_MAX));
    this.#batch = undefined;
  }

  async #writeBatch(batch: readonly PendingCommit[]): Promise<void> {
    const lockWaitMs = Math.min(...batch.map(({ deadline }) => msUntil(deadline)));
    try {
      const commits = batch.map(({ commit }) => commit);
      const response = requireSuccess(await this.#writer.send({ kind: 'write', commits, lockWaitMs }));
      const results = 'results' in response ? response.results : [];
      for (const [position, result] of results.entries()) batch[position]?.resolve(result);
    } catch (error) {
      // The lock was awaited until the earliest deadline of the batch. Those that may wait longer are first in the next batch.
      const isBusy = error instanceof StoreError && error.kind === 'busy';
      const { waiting = [], failed = [] } = Object.groupBy(batch, ({ deadline }) =>
        isBusy && msUntil(deadline) > 0 ? 'waiting' : 'failed',
      );
      this.#waiting.unshift(...waiting);
      for (const { reject } of failed) reject(error);
    }
  }
}

/** @param deadline of `performance.now()` */
function msUntil(deadline: number): number {
  return Math.min(Math.max(Math.ceil(deadline - performance.now()), 0), LOCK_WAIT_MS);
}

function requireSuccess(response: WriterResponse): Exclude<WriterResponse, { error: unknown }> {
  if ('error' in response) throw new StoreError(response.error, response.message);
  return response;
}
