import { describe, expect, it } from 'vitest';
import { type ContractSetup, command, commit, dataAt, expectIndex, manyKeys, write } from './helpers.ts';

/** Marks a write as separate. */
const isSeparate = true;

export function separateWriteContract(setup: ContractSetup): void {
  describe('separate writes', () => {
    it('are made with the other writes of their commit: new, changed and deleted items and their index entries', async () => {
      const { store, partition } = setup;
      const [joint, added, moved, unlisted, gone] = ['joint', 'added', 'moved', 'unlisted', 'gone'].map(setup.keyAt);
      if (!joint || !added || !moved || !unlisted || !gone) throw new Error('no keys');
      const indexAt = (sort: string) => ({ index: { partition, sort } });
      await store.commit(command('before'), [
        write(moved, 1, indexAt('1')),
        write(unlisted, 1, { ...indexAt('2'), expiresAt: Date.now() + 86_400_000 }),
        write(gone, 1, indexAt('3')),
      ]);
      const large = 'x'.repeat(5000);
      const result = await store.commit(command('after'), [
        write(joint, 'joint'),
        write(added, { large }, { ...indexAt('4'), expiresAt: Date.now() + 86_400_000, isSeparate }),
        write(moved, 2, { ...indexAt('5'), expected: 1, isSeparate }),
        write(unlisted, 2, { expected: 1, isSeparate }),
        { key: gone, expected: 1, isDelete: true, isSeparate },
      ]);
      expect(result).toEqual({ committed: true });
      expect(await dataAt(store, [joint, added, moved, unlisted, gone])).toEqual(['joint', { large }, 2, 2, undefined]);
      expect((await store.get([added, moved])).map((item) => [item?.version, item?.command])).toEqual([
        [1, 'after'],
        [2, 'after'],
      ]);
      await expectIndex(setup, partition, ['5', '4']);
    });

    it('are not made where another write of their commit fails', async () => {
      const { store } = setup;
      const [taken, kept, added] = [setup.keyAt('taken'), setup.keyAt('kept'), setup.keyAt('added')];
      await store.commit(command('before'), [write(taken, 1), write(kept, 1)]);
      const result = await store.commit(command('after'), [
        write(added, 2, { isSeparate }),
        write(kept, 2, { expected: 1, isSeparate }),
        write(taken, 2),
      ]);
      expect(result.committed ? undefined : result.current.get(2)).toMatchObject({ version: 1, data: 1 });
      expect(await dataAt(store, [taken, kept, added])).toEqual([1, 1, undefined]);
    });

    it('fail each for its own condition, with the current items by position', async () => {
      const { store } = setup;
      const [changed, taken, free] = [setup.keyAt('changed'), setup.keyAt('taken'), setup.keyAt('free')];
      await store.commit(command('before'), [write(changed, 1), write(taken, 1)]);
      await commit(store, write(changed, 2, { expected: 1 }));
      const result = await store.commit(command('after'), [
        write(setup.keyAt('joint'), 'joint'),
        write(free, 3, { isSeparate }),
        write(changed, 3, { expected: 1, isSeparate }),
        write(taken, 3, { isSeparate }),
      ]);
      if (result.committed) throw new Error('it committed in spite of failed conditions');
      expect([2, 3].map((position) => result.current.get(position))).toMatchObject([
        { version: 2, data: 2 },
        { version: 1, data: 1 },
      ]);
      expect(await dataAt(store, [changed, taken])).toEqual([2, 1]);
    });

    it('may be all writes of a commit, up to a hundred', async () => {
      const { store } = setup;
      const keys = manyKeys(setup, 100);
      const writes = keys.map((key, index) => write(key, index, { isSeparate }));
      expect(await store.commit(command('hundred'), writes)).toEqual({ committed: true });
      expect(await dataAt(store, keys)).toEqual(keys.map((_, index) => index));
    });
  });
}
