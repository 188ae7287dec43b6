import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Ids } from '../domain/ids.ts';
import type { Store, Write } from '../storage/store.ts';
import type { Pause } from './pause.ts';

/** Entries of fast deliveries wait so long for others. If the process dies meanwhile, their batches are delivered again. */
const GATHERED_FOR_MS = 50;
const DELETES_PER_COMMIT = 50;
/** Entries that may wait; with more, deliveries wait until they are deleted. */
const GATHERED_MAX = 1000;

interface EntryDeletionOptions {
  readonly store: Pick<Store, 'commit'>;
  readonly ids: Pick<Ids, 'command'>;
  readonly pause: Pause;
  /** Gets the errors of `deleteSoon`. The entries are found again when they are due. */
  readonly onError: (error: unknown) => void;
}

/** Deletes outbox entries of several loans in one commit, so that most deliveries cost no sync of the disk. */
export class EntryDeletion {
  readonly #options: EntryDeletionOptions;
  readonly #stopping = new AbortController();
  #gathered: Write[] = [];
  #soon: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: EntryDeletionOptions) {
    this.#options = options;
  }

  /** Resolves at once, unless very many wait. Never rejects. */
  async deleteSoon(deletes: readonly Write[]): Promise<void> {
    if (deletes.length === 0) return;
    this.#gathered.push(...deletes);
    this.#soon ??= this.#deleteAfterPause();
    if (this.#gathered.length >= GATHERED_MAX) await this.deleteGathered().catch(() => undefined); // `#soon` reports it
  }

  /** @throws StoreError if these or others of the same commit can't be deleted */
  deleteNow(deletes: readonly Write[]): Promise<void> {
    this.#gathered.push(...deletes);
    return this.deleteGathered();
  }

  /** Deletes what has gathered. While that is under way, the next ones gather. @throws StoreError */
  deleteGathered(): Promise<void> {
    this.#next ??= this.#deleteAll();
    return this.#next;
  }

  /** Resolves once all are deleted. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#soon;
  }

  async #deleteAfterPause(): Promise<void> {
    const { pause, onError } = this.#options;
    await pause(GATHERED_FOR_MS, this.#stopping.signal).catch(() => undefined); // stopping: at once
    this.#soon = undefined;
    await this.deleteGathered().catch(onError);
  }

  async #deleteAll(): Promise<void> {
    await this.#last.catch(() => undefined); // those who wait for it get its error
    await nextIteration();
    const deletes = this.#gathered.splice(0);
    this.#last = this.#next ?? this.#last;
    this.#next = undefined;
    for (let from = 0; from < deletes.length; from += DELETES_PER_COMMIT)
      await this.#commit(deletes.slice(from, from + DELETES_PER_COMMIT));
  }

  /** Commits the deletes together or else one by one. One whose entry another process has changed is dropped. */
  async #commit(deletes: readonly Write[]): Promise<void> {
    const { store, ids } = this.#options;
    const { committed } = await store.commit(ids.command(), deletes);
    if (committed || deletes.length === 1) return;
    for (const one of deletes) await store.commit(ids.command(), [one]);
  }
}
