import { describe, expect, it } from 'vitest';
import { KEYS_MAX } from '../store.ts';
import { type ContractSetup, command, commit, dataAt, expectIndex, manyKeys, write } from './helpers.ts';

export function commitContract(setup: ContractSetup): void {
  describe('commit', () => {
    it('increments an item’s version from 1, and stores the command of each change', async () => {
      const { store, key } = setup;
      for (const version of [1, 2, 3]) {
        const result = await store.commit(command(`command-${version}`), [{ key, expected: version - 1, data: version }]);
        expect(result).toEqual({ committed: true });
        expect(await store.get([key])).toEqual([{ key, version, command: `command-${version}`, data: version }]);
      }
    });

    it('creates an item only if there is none', async () => {
      const { store, key } = setup;
      expect(await commit(store, write(key, 'first'))).toEqual({ committed: true });
      expect(await commit(store, write(key, 'second'))).toMatchObject({ committed: false });
      expect(await dataAt(store, [key])).toEqual(['first']);
    });

    it.each([0, 1, 3, 4])('does not replace version 2 where version %i is expected', async (expected) => {
      const { store, key } = setup;
      await commit(store, write(key, 1));
      await commit(store, { key, expected: 1, data: 2 });
      expect(await commit(store, { key, expected, data: 'wrong' })).toMatchObject({ committed: false });
      expect(await store.get([key])).toMatchObject([{ version: 2, data: 2 }]);
    });

    it('writes 100 items in one commit', async () => {
      const { store } = setup;
      const hundred = manyKeys(setup, KEYS_MAX);
      const writes = hundred.map((key, index) => write(key, index));
      expect(await store.commit(command('all'), writes)).toEqual({ committed: true });
      expect(await dataAt(store, hundred)).toEqual(hundred.map((_, index) => index));
    });

    it.each([0, 50, 99])('writes none of 100 items where the condition at position %i fails', async (failing) => {
      const { store } = setup;
      const hundred = manyKeys(setup, KEYS_MAX);
      const writes = hundred.map((key, index) => write(key, index, { expected: index === failing ? 1 : 0 }));
      expect(await store.commit(command('all'), writes)).toMatchObject({ committed: false });
      expect(await dataAt(store, hundred)).toEqual(hundred.map(() => undefined));
    });
  });
}

export function failedCommitContract(setup: ContractSetup): void {
  describe('a failed commit', () => {
    it('returns the current item of every failed condition, or that there is none', async () => {
      const { store } = setup;
      const [kept, absent, changed, fresh] = ['kept', 'absent', 'changed', 'fresh'].map((sort) => setup.keyAt(sort));
      if (!kept || !absent || !changed || !fresh) throw new Error('there are four keys');
      await store.commit(command('before'), [write(kept, 'K'), write(changed, 'old')]);
      await store.commit(command('between'), [{ key: changed, expected: 1, data: { now: ['new'] } }]);
      const result = await store.commit(command('late'), [
        { key: kept, expected: 1, data: 'K2' },
        { key: absent, expected: 4, data: 'A' },
        write(fresh, 'F'),
        { key: changed, expected: 1, data: 'C' },
      ]);
      if (result.committed) throw new Error('it committed, although two conditions failed');
      const { current } = result;
      expect(current.has(1)).toBe(true);
      expect(current.get(1)).toBeUndefined();
      expect(current.get(3)).toEqual({ key: changed, version: 2, command: 'between', data: { now: ['new'] } });
      // Positions whose condition held may be missing; if they are there, they must be right.
      const atKept = { key: kept, version: 1, command: 'before', data: 'K' };
      expect(current.has(0) ? current.get(0) : atKept).toEqual(atKept);
      expect(current.get(2)).toBeUndefined();
    });

    it('changes nothing: no data, version, command, new item or index entry', async () => {
      const { store, partition } = setup;
      const [a, b, c] = [setup.keyAt('a'), setup.keyAt('b'), setup.keyAt('c')];
      await store.commit(command('before'), [write(a, 'A', { index: { partition, sort: '5' } }), write(b, 'B')]);
      const before = await store.list({ partition, prefix: '', limit: 10 });
      const failed = await store.commit(command('failed'), [
        { key: a, expected: 1, data: 'A2' },
        write(c, 'C', { index: { partition, sort: '9' } }),
        { key: b, expected: 2, data: 'B2', index: { partition, sort: '7' } },
      ]);
      expect(failed).toMatchObject({ committed: false });
      expect(await store.list({ partition, prefix: '', limit: 10 })).toEqual(before);
      // When a later change shows in the index, the failed one would show as well.
      await commit(store, { key: b, expected: 1, data: 'B3', index: { partition, sort: '1' } });
      await expectIndex(setup, partition, ['5', '1']);
    });

    it.each([
      { wrong: 'no write', sorts: [] },
      { wrong: '101 writes', sorts: Array.from({ length: KEYS_MAX + 1 }, (_, index) => `${index}`) },
      { wrong: 'one key twice', sorts: ['a', 'b', 'a'] },
    ])('rejects $wrong as a programming error, and writes nothing', async ({ sorts }) => {
      const { store, partition } = setup;
      const writes = sorts.map((sort) => write(setup.keyAt(sort), 1));
      await expect(store.commit(command('wrong'), writes)).rejects.toThrow(TypeError);
      expect(await store.list({ partition, prefix: '', limit: 10 })).toEqual([]);
    });
  });
}
