import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, CopyCheckpoint } from '../../storage/bulk-store.ts';
import { copyCheckpointKey } from '../../storage/keys.ts';
import { type Key, StoreSetupError } from '../../storage/store.ts';
import { isMark } from './compare.ts';

/**
 * A copy's hold on its target: how far it has come, and that it is this process which copies. Whoever takes it up after
 * a kill writes its next version; a process that is still there then finds another version than its own, and ends.
 */
export class CopyLock {
  readonly #target: BulkStore;
  #mark: CopyCheckpoint;
  #version: number;

  private constructor(target: BulkStore, mark: CopyCheckpoint, version: number) {
    this.#target = target;
    this.#mark = mark;
    this.#version = version;
  }

  /** @throws UnfitStoreError where the target is not empty, and not this copy's own */
  static async take(target: BulkStore, copy: Pick<CopyCheckpoint, 'from' | 'to' | 'started'>): Promise<CopyLock> {
    const [standing] = await target.get([copyCheckpointKey()]);
    const { from, to } = copy;
    if (!standing && !(await isEmpty(target)))
      throw new StoreSetupError(`${to} is not empty. A copy needs a store with nothing in it: name another one.`);
    if (standing && standing.data.from !== from) {
      throw new StoreSetupError(
        `${to} is the unfinished target of a copy from ${standing.data.from}. Run that one again, or name an empty store.`,
      );
    }
    const hold = new CopyLock(target, standing?.data ?? { ...copy, copied: 0, position: null }, standing?.version ?? 0);
    await hold.#write(hold.#mark);
    return hold;
  }

  get mark(): CopyCheckpoint {
    return this.#mark;
  }

  async moveTo(position: Key, copied: number): Promise<void> {
    await this.#write({ ...this.#mark, position, copied });
  }

  /** Has the next run copy everything anew. */
  async reset(): Promise<void> {
    await this.#write({ ...this.#mark, position: null, copied: 0 });
  }

  /** The copy is whole: from now on the target is a store like any other. */
  async release(): Promise<void> {
    if (!(await this.#target.drop(copyCheckpointKey(), this.#version))) throw this.#lost();
  }

  async #write(mark: CopyCheckpoint): Promise<void> {
    const write = { key: copyCheckpointKey(), expected: this.#version, data: mark };
    const { committed } = await this.#target.commit(uuidv7() as CommandId, [write]);
    if (!committed) throw this.#lost();
    this.#mark = mark;
    this.#version += 1;
  }

  #lost(): StoreSetupError {
    return new StoreSetupError(`Another process has taken up the copy into ${this.#mark.to}, so this one ends.`);
  }
}

async function isEmpty(store: BulkStore): Promise<boolean> {
  for await (const { items } of store.pages()) if (items.some((item) => !isMark(item))) return false;
  return true;
}
