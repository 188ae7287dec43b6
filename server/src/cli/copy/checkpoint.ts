import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, CopyCheckpoint } from '../../storage/bulk-store.ts';
import { kindOf } from '../../storage/item-kinds.ts';
import { copyCheckpointKey } from '../../storage/keys.ts';
import { type Key, StoreSetupError } from '../../storage/store.ts';
import { isCheckpoint } from './compare.ts';

/**
 * A copy's lock on its target, and its progress, in one item of the target. A process that takes over after a kill
 * writes the next version; a process that still runs then loses the version check, and ends.
 */
export class CopyLock {
  readonly #target: BulkStore;
  #checkpoint: CopyCheckpoint;
  #version: number;

  private constructor(target: BulkStore, checkpoint: CopyCheckpoint, version: number) {
    this.#target = target;
    this.#checkpoint = checkpoint;
    this.#version = version;
  }

  /** @throws StoreSetupError if the target holds other data, or the unfinished copy of another store */
  static async acquire(target: BulkStore, copy: Pick<CopyCheckpoint, 'from' | 'to' | 'started'>): Promise<CopyLock> {
    const [current] = await target.get([copyCheckpointKey()]);
    const { from, to } = copy;
    if (!current) await requireEmpty(target, to);
    if (current && current.data.from !== from) {
      throw new StoreSetupError(
        `${to} is the unfinished target of a copy from ${current.data.from}. Run that copy again, or use an empty store.`,
      );
    }
    const lock = new CopyLock(target, current?.data ?? { ...copy, copied: 0, position: null }, current?.version ?? 0);
    await lock.#write(lock.#checkpoint);
    return lock;
  }

  get checkpoint(): CopyCheckpoint {
    return this.#checkpoint;
  }

  async moveTo(position: Key, copied: number): Promise<void> {
    await this.#write({ ...this.#checkpoint, position, copied });
  }

  /** Makes the next run copy everything again. */
  async reset(): Promise<void> {
    await this.#write({ ...this.#checkpoint, position: null, copied: 0 });
  }

  /** Turns the complete copy into an ordinary store. */
  async release(): Promise<void> {
    if (!(await this.#target.drop(copyCheckpointKey(), this.#version))) throw this.#lockLost();
  }

  async #write(checkpoint: CopyCheckpoint): Promise<void> {
    const write = { key: copyCheckpointKey(), expected: this.#version, data: checkpoint };
    const { committed } = await this.#target.commit(uuidv7() as CommandId, [write]);
    if (!committed) throw this.#lockLost();
    this.#checkpoint = checkpoint;
    this.#version += 1;
  }

  #lockLost(): StoreSetupError {
    return new StoreSetupError(`Another process has taken over the copy to ${this.#checkpoint.to}, so this one ends.`);
  }
}

/**
 * Ids are derived from the secret, and processes keep it in memory: replacing it under a program that runs would give its
 * lenders other ids. So a store with a secret is no target, though it has no loans.
 * @throws StoreSetupError that names what is in the store
 */
async function requireEmpty(store: BulkStore, name: string): Promise<void> {
  let hasMetadata = false;
  for await (const { items } of store.pages()) {
    for (const item of items) {
      if (isCheckpoint(item)) continue;
      const kind = kindOf(item.key);
      if (kind !== 'installation')
        throw new StoreSetupError(`${name} is not empty: it has items of the kind "${kind}". Copy to an empty store.`);
      hasMetadata = true;
    }
  }
  if (!hasMetadata) return;
  throw new StoreSetupError(
    `${name} is not empty: it has no loans, but the secret that a server or a deployment created, and that a copy would replace ` +
      'while they use it. Copy to a store that nothing has used yet: one made by "lending init", ' +
      'or a stack deployed with "-c copyFirst=true" (docs/deploy.md).',
  );
}
