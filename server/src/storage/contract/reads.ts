import { describe, expect, it } from 'vitest';
import { KEYS_MAX } from '../store.ts';
import { type ContractSetup, command, commit, dataAt, manyKeys, write } from './helpers.ts';

/** Texts whose order differs by UTF-16 and by bytes, prefixes of each other, and characters special to some engine. */
const SORTS = [
  ...['a', 'a#', 'a#1', 'a#10', 'a#2', 'a%', 'a%b', 'a_b', 'aa', 'A', 'b', 'ä', 'é', 'e\u0301', ' ', '~', "'; --", 'a\\', 'a"'],
  ...['thing', 'thing#', 'thing#x', '*', 'a\u0000b', '\u0001', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '😀', '\u{10fffe}'],
];
const PREFIXES = ['', 'a', 'a#', 'a%', 'thing#', 'thing#y', '\ue000', '😀'];
const AFTERS = [undefined, 'Z', 'a', 'a#1', 'a%%', 'thing#', '\uffff', '\u{10fffe}'];

export function getContract(setup: ContractSetup): void {
  describe('get and batchGet', () => {
    it('return items in the order of the keys, undefined where there is none', async () => {
      const { store } = setup;
      const [a, b, c] = [setup.keyAt('a'), setup.keyAt('b'), setup.keyAt('c')];
      await store.commit(command('both'), [write(a, 'A'), write(c, 'C')]);
      for (let repeat = 0; repeat < 3; repeat += 1) {
        expect(await dataAt(store, [c, b, a])).toEqual(['C', undefined, 'A']);
        expect(await dataAt(store, [b, a, b, a])).toEqual([undefined, 'A', undefined, 'A']);
      }
    });

    it('return an item’s key, version and command with its data', async () => {
      const { store, partition, key } = setup;
      const index = { partition, sort: '1' };
      await store.commit(command('first'), [write(key, { name: 'Ana' }, { index, expiresAt: Date.now() + 86_400_000 })]);
      const item = { key, version: 1, command: 'first', data: { name: 'Ana' } };
      expect(await store.get([key])).toEqual([item]);
      expect(await store.list({ partition, prefix: 'a', limit: 1 })).toEqual([item]);
    });

    it('see every earlier commit, as list does', async () => {
      const { store, partition, key } = setup;
      for (let version = 0; version < 20; version += 1) {
        await commit(store, { key, expected: version, data: version });
        expect(await store.get([key])).toMatchObject([{ version: version + 1, data: version }]);
        expect(await store.list({ partition, prefix: '', limit: 5 })).toMatchObject([{ version: version + 1, data: version }]);
      }
    });

    it('read the same items, each of them once for a repeated key', async () => {
      const { store } = setup;
      const hundred = manyKeys(setup, KEYS_MAX);
      const writes = hundred.slice(1).map((key, index) => write(key, index));
      await store.commit(command('all but one'), writes);
      const [absent, first, ...others] = await store.batchGet(hundred);
      expect(absent).toBeUndefined();
      expect(first).toEqual({ key: hundred[1], version: 1, command: 'all but one', data: 0 });
      expect(others.map((item) => item?.data)).toEqual(writes.slice(1).map(({ data }) => data));
      const twice = await store.batchGet(hundred.slice(1, 3).flatMap((key) => [key, key]));
      expect(twice.map((item) => item?.data)).toEqual([0, 0, 1, 1]);
      expect(await store.batchGet([])).toEqual([]);
    });

    it('read 100 keys at once, and reject more as a programming error', async () => {
      const { store } = setup;
      const hundred = manyKeys(setup, KEYS_MAX);
      const writes = hundred.map((key, index) => write(key, index));
      await store.commit(command('hundred'), writes);
      expect(await dataAt(store, hundred.toReversed())).toEqual(hundred.map((_, index) => index).reverse());
      const tooMany = manyKeys(setup, KEYS_MAX + 1);
      await expect(store.get(tooMany)).rejects.toThrow(TypeError);
      await expect(store.batchGet(tooMany)).rejects.toThrow(TypeError);
    });
  });
}

export function listContract(setup: ContractSetup): void {
  describe('list', () => {
    it('lists in byte order by prefix, after a key, up to a limit', async () => {
      const { store, partition } = setup;
      const writes = SORTS.map((sort) => write(setup.keyAt(sort), sort));
      await store.commit(command('all'), writes);
      for (const prefix of PREFIXES) {
        for (const after of AFTERS) {
          for (const limit of [1, 3, 100]) {
            const range = { partition, prefix, limit, ...(after !== undefined && { after }) };
            const listed = (await store.list(range)).map(({ data }) => data);
            expect(listed, JSON.stringify(range)).toEqual(expectedList(prefix, after).slice(0, limit));
          }
        }
      }
    });

    it('lists a partition page by page without gaps or repeats', async () => {
      const { store, partition } = setup;
      const writes = SORTS.map((sort) => write(setup.keyAt(sort), sort));
      await store.commit(command('all'), writes);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.list({ partition, prefix: '', limit: 4, ...(after !== undefined && { after }) });
        seen.push(...page.map(({ key }) => key.sort));
        if (page.length < 4) break;
      }
      expect(seen).toEqual(expectedList('', undefined));
    });

    it('lists nothing of partitions with a similar name', async () => {
      const { store, partition } = setup;
      const others = [`${partition}#`, `${partition}a`, `${partition}%`, partition.slice(0, -1), partition.toUpperCase()];
      const writes = [partition, ...others].flatMap((name) =>
        ['a', '#a', 'b'].map((sort) => write({ partition: name, sort }, name)),
      );
      await store.commit(command('all'), writes);
      const listed = await store.list({ partition, prefix: '', limit: 100 });
      expect(listed.map(({ key, data }) => [key.sort, data])).toEqual(['#a', 'a', 'b'].map((sort) => [sort, partition]));
    });
  });
}

function expectedList(prefix: string, after: string | undefined): string[] {
  return SORTS.filter((sort) => sort.startsWith(prefix))
    .filter((sort) => after === undefined || byBytes(sort, after) > 0)
    .sort(byBytes);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
