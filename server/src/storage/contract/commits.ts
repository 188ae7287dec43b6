import { describe, expect, it } from 'vitest';
import { KEYS_MAX } from '../store.ts';
import { type ContractSetup, command, commit, dataAt, expectIndex, manyKeys, write } from './helpers.ts';

export function committing(ground: ContractSetup): void {
  describe('committing', () => {
    it('counts an item’s versions from 1, one more with each change, under the command of each', async () => {
      const { store } = ground;
      const key = ground.key('a');
      for (const version of [1, 2, 3]) {
        const result = await store.commit(command(`command-${version}`), [{ key, expected: version - 1, data: version }]);
        expect(result).toEqual({ committed: true });
        expect(await store.get([key])).toEqual([{ key, version, command: `command-${version}`, data: version }]);
      }
    });

    it('writes where nothing was expected only if nothing stands', async () => {
      const { store } = ground;
      const key = ground.key('a');
      expect(await commit(store, write(key, 'first'))).toEqual({ committed: true });
      expect(await commit(store, write(key, 'second'))).toMatchObject({ committed: false });
      expect(await dataAt(store, [key])).toEqual(['first']);
    });

    it.each([0, 1, 3, 4])('does not write upon version 2 what expects version %i', async (expected) => {
      const { store } = ground;
      const key = ground.key('a');
      await commit(store, write(key, 1));
      await commit(store, { key, expected: 1, data: 2 });
      expect(await commit(store, { key, expected, data: 'wrong' })).toMatchObject({ committed: false });
      expect(await store.get([key])).toMatchObject([{ version: 2, data: 2 }]);
    });

    it('writes all 100 of a commit', async () => {
      const { store } = ground;
      const hundred = manyKeys(ground, KEYS_MAX);
      const writes = hundred.map((key, index) => write(key, index));
      expect(await store.commit(command('all'), writes)).toEqual({ committed: true });
      expect(await dataAt(store, hundred)).toEqual(hundred.map((_, index) => index));
    });

    it.each([0, 50, 99])('writes none of 100 where the condition at position %i fails', async (failing) => {
      const { store } = ground;
      const hundred = manyKeys(ground, KEYS_MAX);
      const writes = hundred.map((key, index) => write(key, index, { expected: index === failing ? 1 : 0 }));
      expect(await store.commit(command('all'), writes)).toMatchObject({ committed: false });
      expect(await dataAt(store, hundred)).toEqual(hundred.map(() => undefined));
    });
  });
}

export function refusing(ground: ContractSetup): void {
  describe('refusing a commit', () => {
    it('tells of every position that failed what stands there, or that nothing does', async () => {
      const { store } = ground;
      const [kept, absent, changed, fresh] = ['kept', 'absent', 'changed', 'fresh'].map((sort) => ground.key(sort));
      if (!kept || !absent || !changed || !fresh) throw new Error('there are four keys');
      await store.commit(command('before'), [write(kept, 'K'), write(changed, 'old')]);
      await store.commit(command('between'), [{ key: changed, expected: 1, data: { now: ['new'] } }]);
      const result = await store.commit(command('late'), [
        { key: kept, expected: 1, data: 'K2' },
        { key: absent, expected: 4, data: 'A' },
        write(fresh, 'F'),
        { key: changed, expected: 1, data: 'C' },
      ]);
      if (result.committed) throw new Error('two conditions failed, and yet it was committed');
      const { current } = result;
      expect(current.has(1)).toBe(true);
      expect(current.get(1)).toBeUndefined();
      expect(current.get(3)).toEqual({ key: changed, version: 2, command: 'between', data: { now: ['new'] } });
      // Positions that held need not be told; if they are, it is the truth.
      const atKept = { key: kept, version: 1, command: 'before', data: 'K' };
      expect(current.has(0) ? current.get(0) : atKept).toEqual(atKept);
      expect(current.get(2)).toBeUndefined();
    });

    it('changes nothing at all: no data, version, command, new item or index entry', async () => {
      const { store, partition } = ground;
      const [a, b, c] = [ground.key('a'), ground.key('b'), ground.key('c')];
      await store.commit(command('before'), [write(a, 'A', { index: { partition, sort: '5' } }), write(b, 'B')]);
      const before = await store.list({ partition, prefix: '', limit: 10 });
      const refused = await store.commit(command('refused'), [
        { key: a, expected: 1, data: 'A2' },
        write(c, 'C', { index: { partition, sort: '9' } }),
        { key: b, expected: 2, data: 'B2', index: { partition, sort: '7' } },
      ]);
      expect(refused).toMatchObject({ committed: false });
      expect(await store.list({ partition, prefix: '', limit: 10 })).toEqual(before);
      // Once a later change shows in the index, the refused one would have shown as well.
      await commit(store, { key: b, expected: 1, data: 'B3', index: { partition, sort: '1' } });
      await expectIndex(ground, partition, ['5', '1']);
    });

    it.each([
      { wrong: 'no write', sorts: [] },
      { wrong: '101 writes', sorts: Array.from({ length: KEYS_MAX + 1 }, (_, index) => `${index}`) },
      { wrong: 'one key twice', sorts: ['a', 'b', 'a'] },
    ])('takes $wrong for a programming error, and writes nothing', async ({ sorts }) => {
      const { store, partition } = ground;
      const writes = sorts.map((sort) => write(ground.key(sort), 1));
      await expect(store.commit(command('wrong'), writes)).rejects.toThrow(TypeError);
      expect(await store.list({ partition, prefix: '', limit: 10 })).toEqual([]);
    });
  });
}
