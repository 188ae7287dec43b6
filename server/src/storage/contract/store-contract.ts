import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store, StoreError } from '../store.ts';
import { commitContract, failedCommitContract } from './commits.ts';
import { type ContractSetup, commit, manyKeys, write } from './helpers.ts';
import { indexContract, indexEntryContract } from './indexes.ts';
import { raceContract } from './races.ts';
import { getContract, listContract } from './reads.ts';
import { deleteContract } from './removals.ts';
import { separateWriteContract } from './separate-writes.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Removes what the engine needs beside the store; called after `close`. */
  readonly dispose?: () => Promise<void> | void;
}

/**
 * The suite that every engine passes without exceptions. Items of earlier tests may remain, since each test has
 * partitions of its own. An index may lag, so it is polled.
 * @param name of the engine, in the titles of the tests
 */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`a store ${name}`, () => {
    let opened: OpenedStore;
    let partition: string;
    const setup: ContractSetup = {
      get store() {
        return opened.store;
      },
      get partition() {
        return partition;
      },
      get key() {
        return setup.keyAt('a');
      },
      keyAt: (sort) => ({ partition, sort }),
    };

    beforeEach(async () => {
      opened = await open();
      partition = `test#${randomUUID()}`;
    });

    afterEach(async () => {
      await opened.store.close();
      await opened.dispose?.();
    });

    getContract(setup);
    commitContract(setup);
    failedCommitContract(setup);
    deleteContract(setup);
    separateWriteContract(setup);
    listContract(setup);
    describe.each(['test', 'address'])('with index partitions "%s#..."', (kind) => {
      const withKind: ContractSetup = {
        get store() {
          return setup.store;
        },
        get partition() {
          return `${kind}#${setup.partition}`;
        },
        get key() {
          return setup.key;
        },
        keyAt: setup.keyAt,
      };
      indexContract(withKind);
      indexEntryContract(withKind);
    });
    raceContract(setup);
    dataContract(setup);
    closeContract(setup);
  });
}

const NESTED = Array.from({ length: 20 }).reduce<unknown>((inner, _, depth) => ({ depth, inner: [inner] }), null);

const DATA: readonly { readonly kind: string; readonly data: unknown }[] = [
  {
    kind: 'texts of every alphabet',
    data: { 'ключ 😀': ['añ', 'e\u0301', '漢字', '\u0000\u001f"\\\u2028', '\u{10ffff}', '\ud800'] },
  },
  { kind: 'the largest exact integers', data: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1] },
  { kind: 'fractions', data: [0.1, -2.5, 1e-7, Number.MAX_VALUE, Number.MIN_VALUE] },
  { kind: 'null, true and false within', data: { nothing: null, list: [null, true, false], empty: [{}, [], ''] } },
  { kind: 'null by itself', data: null },
  { kind: 'a text by itself', data: '' },
  { kind: 'numbers as texts', data: { amount: '5000.00', version: '1', sort: '007' } },
  { kind: 'names with a special meaning', data: JSON.parse('{"__proto__":{"a":1},"constructor":1,"sort":2,"S":"x"}') },
  { kind: 'deep nesting', data: NESTED },
  { kind: '100,000 characters', data: 'é😀x'.repeat(25_000) },
];

function dataContract(setup: ContractSetup): void {
  describe('data', () => {
    it.each(DATA)('is returned unchanged: $kind', async ({ data }) => {
      const { store, partition, key } = setup;
      await commit(store, write(key, data));
      const failed = await commit(store, write(key, 'late'));
      const [got] = await store.get([key]);
      const [listed] = await store.list({ partition, prefix: '', limit: 1 });
      const current = failed.committed ? undefined : failed.current.get(0);
      for (const item of [got, listed, current]) expect(JSON.stringify(item?.data)).toBe(JSON.stringify(data));
    });
  });
}

function closeContract(setup: ContractSetup): void {
  describe('close', () => {
    it('finishes accepted calls, rejects later ones, and may be called twice', async () => {
      const { store } = setup;
      const accepted = manyKeys(setup, 50).map((key) => commit(store, write(key, 1)));
      const closed = store.close();
      const late = commit(store, write(setup.keyAt('late'), 1));
      await expect(late).rejects.toThrow(StoreError);
      expect(await Promise.all(accepted)).toEqual(accepted.map(() => ({ committed: true })));
      await closed;
      await expect(commit(store, write(setup.keyAt('later'), 1))).rejects.toThrow(StoreError);
      await store.close();
    });
  });
}
