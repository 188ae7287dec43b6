import { type CommitResult, StoreError } from '../store.ts';
import { type Commit, EXPIRED_BATCH_MAX } from './commits.ts';
import type { WriterResponse } from './writer-protocol.ts';
import type { Writer } from './writers.ts';

/** Commits in one batch: enough to share a sync, few enough that none waits long. */
const BATCH_MAX = 256;

interface PendingCommit {
  readonly commit: Commit;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: commits that arrive together share one sync of the disk. While a batch is written, the next one gathers.
 * A commit resolves once its batch is durable.
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

  commit(commit: Commit): Promise<CommitResult> {
    if (this.#closing !== undefined) return Promise.reject(new StoreError('busy', 'the store is closing'));
    if (this.#waiting.length >= this.#waitingMax) return Promise.reject(new StoreError('busy', 'too many commits wait'));
    const result = new Promise<CommitResult>((resolve, reject) => this.#waiting.push({ commit, resolve, reject }));
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
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      try {
        const response = requireSuccess(await this.#writer.send({ kind: 'write', commits: batch.map(({ commit }) => commit) }));
        const results = 'results' in response ? response.results : [];
        for (const [position, result] of results.entries()) batch[position]?.resolve(result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#batch = undefined;
  }
}

function requireSuccess(response: WriterResponse): Exclude<WriterResponse, { error: unknown }> {
  if ('error' in response) throw new StoreError(response.error, response.message);
  return response;
}
