import { describe, expect, it } from 'vitest';
import { type ContractSetup, command, commit, dataAt, expectIndex, write } from './helpers.ts';

export function removing(ground: ContractSetup): void {
  describe('removing', () => {
    it('takes an item away, from its partition and the index alike, and leaves the others', async () => {
      const { store, partition } = ground;
      const [gone, stays] = [ground.key('gone'), ground.key('stays')];
      await store.commit(command('both'), [
        write(gone, 1, { index: { partition, sort: '1' } }),
        write(stays, 2, { index: { partition, sort: '2' } }),
      ]);
      expect(await commit(store, { key: gone, expected: 1, isDelete: true })).toEqual({ committed: true });
      expect(await dataAt(store, [gone, stays])).toEqual([undefined, 2]);
      expect(await store.batchGet([gone])).toEqual([undefined]);
      expect((await store.list({ partition, prefix: '', limit: 5 })).map(({ data }) => data)).toEqual([2]);
      await expectIndex(ground, partition, ['2']);
    });

    it('is part of its commit: done with the rest, or not at all', async () => {
      const { store } = ground;
      const [gone, beside] = [ground.key('gone'), ground.key('beside')];
      await commit(store, write(gone, 1));
      const refused = [write(beside, 'too soon', { expected: 7 }), { key: gone, expected: 1, isDelete: true } as const];
      expect(await store.commit(command('refused'), refused)).toMatchObject({ committed: false });
      expect(await dataAt(store, [gone, beside])).toEqual([1, undefined]);
      const done = [write(beside, 'now'), { key: gone, expected: 1, isDelete: true } as const];
      expect(await store.commit(command('done'), done)).toEqual({ committed: true });
      expect(await dataAt(store, [gone, beside])).toEqual([undefined, 'now']);
    });

    it('is refused where another version stands, or nothing, and tells so', async () => {
      const { store } = ground;
      const key = ground.key('a');
      await commit(store, write(key, 1));
      await commit(store, { key, expected: 1, data: 2 });
      const late = await commit(store, { key, expected: 1, isDelete: true });
      expect(late.committed ? undefined : late.current.get(0)).toMatchObject({ version: 2, data: 2 });
      expect(await dataAt(store, [key])).toEqual([2]);
      await commit(store, { key, expected: 2, isDelete: true });
      const again = await commit(store, { key, expected: 2, isDelete: true });
      if (again.committed) throw new Error('nothing stood there, and yet it was removed');
      expect([again.current.has(0), again.current.get(0)]).toEqual([true, undefined]);
    });

    it('of what was never expected to be there is a programming error', async () => {
      const { store } = ground;
      await expect(commit(store, { key: ground.key('a'), expected: 0, isDelete: true })).rejects.toThrow(TypeError);
    });
  });
}
