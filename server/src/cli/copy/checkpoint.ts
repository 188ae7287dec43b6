import { uuidv7 } from 'uuidv7';
import type { CommandId } from '../../domain/ids.ts';
import type { CopyMark, Place, WholeStore } from '../../storage/bulk-store.ts';
import { copyMarkKey } from '../../storage/keys.ts';
import { UnfitStoreError } from '../../storage/store.ts';
import { isMark } from './compare.ts';

/**
 * A copy's hold on its target: how far it has come, and that it is this process which copies. Whoever takes it up after
 * a kill writes its next version; a process that is still there then finds another version than its own, and ends.
 */
export class CopyHold {
  readonly #target: WholeStore;
  #mark: CopyMark;
  #version: number;

  private constructor(target: WholeStore, mark: CopyMark, version: number) {
    this.#target = target;
    this.#mark = mark;
    this.#version = version;
  }

  /** @throws UnfitStoreError where the target is not empty, and not this copy's own */
  static async take(target: WholeStore, copy: Pick<CopyMark, 'from' | 'to' | 'started'>): Promise<CopyHold> {
    const [standing] = await target.get([copyMarkKey()]);
    const { from, to } = copy;
    if (!standing && !(await isEmpty(target)))
      throw new UnfitStoreError(`${to} is not empty. A copy needs a store with nothing in it: name another one.`);
    if (standing && standing.data.from !== from) {
      throw new UnfitStoreError(
        `${to} is the unfinished target of a copy from ${standing.data.from}. Run that one again, or name an empty store.`,
      );
    }
    const hold = new CopyHold(target, standing?.data ?? { ...copy, copied: 0, position: null }, standing?.version ?? 0);
    await hold.#write(hold.#mark);
    return hold;
  }

  get mark(): CopyMark {
    return this.#mark;
  }

  async moveTo(position: Place, copied: number): Promise<void> {
    await this.#write({ ...this.#mark, position, copied });
  }

  /** Has the next run copy everything anew. */
  async reset(): Promise<void> {
    await this.#write({ ...this.#mark, position: null, copied: 0 });
  }

  /** The copy is whole: from now on the target is a store like any other. */
  async release(): Promise<void> {
    if (!(await this.#target.drop(copyMarkKey(), this.#version))) throw this.#lost();
  }

  async #write(mark: CopyMark): Promise<void> {
    const write = { key: copyMarkKey(), expected: this.#version, data: mark };
    const { committed } = await this.#target.commit(uuidv7() as CommandId, [write]);
    if (!committed) throw this.#lost();
    this.#mark = mark;
    this.#version += 1;
  }

  #lost(): UnfitStoreError {
    return new UnfitStoreError(`Another process has taken up the copy into ${this.#mark.to}, so this one ends.`);
  }
}

async function isEmpty(store: WholeStore): Promise<boolean> {
  for await (const { items } of store.pages()) if (items.some((item) => !isMark(item))) return false;
  return true;
}
