import { describe, expect, it } from 'vitest';
import { type ContractSetup, command, commit, dataAt, expectIndex, write } from './helpers.ts';

export function deleteContract(setup: ContractSetup): void {
  describe('a delete', () => {
    it('removes an item from its partition and the index, and no other', async () => {
      const { store, partition } = setup;
      const [gone, stays] = [setup.keyAt('gone'), setup.keyAt('stays')];
      await store.commit(command('both'), [
        write(gone, 1, { index: { partition, sort: '1' } }),
        write(stays, 2, { index: { partition, sort: '2' } }),
      ]);
      expect(await commit(store, { key: gone, expected: 1, isDelete: true })).toEqual({ committed: true });
      expect(await dataAt(store, [gone, stays])).toEqual([undefined, 2]);
      expect(await store.batchGet([gone])).toEqual([undefined]);
      expect((await store.list({ partition, prefix: '', limit: 5 })).map(({ data }) => data)).toEqual([2]);
      await expectIndex(setup, partition, ['2']);
    });

    it('is carried out with the other writes of its commit, or not at all', async () => {
      const { store } = setup;
      const [gone, beside] = [setup.keyAt('gone'), setup.keyAt('beside')];
      await commit(store, write(gone, 1));
      const failing = [write(beside, 'too soon', { expected: 7 }), { key: gone, expected: 1, isDelete: true } as const];
      expect(await store.commit(command('failed'), failing)).toMatchObject({ committed: false });
      expect(await dataAt(store, [gone, beside])).toEqual([1, undefined]);
      const passing = [write(beside, 'now'), { key: gone, expected: 1, isDelete: true } as const];
      expect(await store.commit(command('passed'), passing)).toEqual({ committed: true });
      expect(await dataAt(store, [gone, beside])).toEqual([undefined, 'now']);
    });

    it('fails for another version or a missing item, and returns the current one', async () => {
      const { store, key } = setup;
      await commit(store, write(key, 1));
      await commit(store, { key, expected: 1, data: 2 });
      const late = await commit(store, { key, expected: 1, isDelete: true });
      expect(late.committed ? undefined : late.current.get(0)).toMatchObject({ version: 2, data: 2 });
      expect(await dataAt(store, [key])).toEqual([2]);
      await commit(store, { key, expected: 2, isDelete: true });
      const again = await commit(store, { key, expected: 2, isDelete: true });
      if (again.committed) throw new Error('it committed, although there was no item');
      expect([again.current.has(0), again.current.get(0)]).toEqual([true, undefined]);
    });

    it('that expects no item is a programming error', async () => {
      const { store } = setup;
      await expect(commit(store, { key: setup.keyAt('a'), expected: 0, isDelete: true })).rejects.toThrow(TypeError);
    });
  });
}
