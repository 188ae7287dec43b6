import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store, StoreError } from '../store.ts';
import { committing, refusing } from './commits.ts';
import { type ContractSetup, commit, manyKeys, write } from './helpers.ts';
import { indexing, moving } from './indexes.ts';
import { racing } from './races.ts';
import { listing, reading } from './reads.ts';
import { removing } from './removals.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Clears away what the engine needed beside the store, which is closed by then. */
  readonly dispose?: () => Promise<void> | void;
}

/**
 * What every engine must do: the one suite that all of them pass, whole. An engine may keep what earlier tests wrote,
 * since every test has partitions of its own; and its index may lag, so that it is asked until it is right.
 * @param name says which engine, in the titles of the tests
 */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`a store ${name}`, () => {
    let opened: OpenedStore;
    let partition: string;
    const ground: ContractSetup = {
      get store() {
        return opened.store;
      },
      get partition() {
        return partition;
      },
      key: (sort) => ({ partition, sort }),
    };

    beforeEach(async () => {
      opened = await open();
      partition = `test#${randomUUID()}`;
    });

    afterEach(async () => {
      await opened.store.close();
      await opened.dispose?.();
    });

    for (const part of [reading, committing, refusing, removing, listing, indexing, moving, racing, keeping, closing]) part(ground);
  });
}

const NESTED = Array.from({ length: 20 }).reduce<unknown>((inner, _, depth) => ({ depth, inner: [inner] }), null);

const KEPT: readonly { readonly kind: string; readonly data: unknown }[] = [
  {
    kind: 'texts of every alphabet',
    data: { 'ключ 😀': ['añ', 'e\u0301', '漢字', '\u0000\u001f"\\\u2028', '\u{10ffff}', '\ud800'] },
  },
  { kind: 'the largest integers that are exact', data: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1] },
  { kind: 'fractions', data: [0.1, -2.5, 1e-7, Number.MAX_VALUE, Number.MIN_VALUE] },
  { kind: 'null, true and false within', data: { nothing: null, list: [null, true, false], empty: [{}, [], ''] } },
  { kind: 'null by itself', data: null },
  { kind: 'a text by itself', data: '' },
  { kind: 'numbers that are texts', data: { amount: '5000.00', version: '1', sort: '007' } },
  { kind: 'names that mean something elsewhere', data: JSON.parse('{"__proto__":{"a":1},"constructor":1,"sort":2,"S":"x"}') },
  { kind: 'deep nesting', data: NESTED },
  { kind: '100,000 characters', data: 'é😀x'.repeat(25_000) },
];

function keeping(ground: ContractSetup): void {
  describe('keeping data', () => {
    it.each(KEPT)('gives back just the same: $kind', async ({ data }) => {
      const { store, partition } = ground;
      const key = ground.key('a');
      await commit(store, write(key, data));
      const refused = await commit(store, write(key, 'late'));
      const [got] = await store.get([key]);
      const [listed] = await store.list({ partition, prefix: '', limit: 1 });
      const standing = refused.committed ? undefined : refused.current.get(0);
      for (const item of [got, listed, standing]) expect(JSON.stringify(item?.data)).toBe(JSON.stringify(data));
    });
  });
}

function closing(ground: ContractSetup): void {
  describe('closing', () => {
    it('finishes what was accepted, refuses what comes after, and may be asked for twice', async () => {
      const { store } = ground;
      const accepted = manyKeys(ground, 50).map((key) => commit(store, write(key, 1)));
      const closed = store.close();
      const late = commit(store, write(ground.key('late'), 1));
      await expect(late).rejects.toThrow(StoreError);
      expect(await Promise.all(accepted)).toEqual(accepted.map(() => ({ committed: true })));
      await closed;
      await expect(commit(store, write(ground.key('later'), 1))).rejects.toThrow(StoreError);
      await store.close();
    });
  });
}
