import { expect } from 'vitest';
import type { CommandId } from '../../domain/ids.ts';
import type { CommitResult, IndexRange, Item, Key, Put, Store, Write } from '../store.ts';

export interface ContractSetup {
  readonly store: Store;
  /** A partition that no other test has. */
  readonly partition: string;
  /** A key in that partition. */
  readonly key: Key<unknown>;
  /** Another one. */
  keyAt(sort: string): Key<unknown>;
}

export function command(name: string): CommandId {
  return name as CommandId;
}

let commits = 0;

/** Commits one write under a new command. */
export function commit(store: Pick<Store, 'commit'>, write: Write): Promise<CommitResult> {
  commits += 1;
  return store.commit(command(`commit-${commits}`), [write]);
}

/** How long an index may lag. */
const LAG_MS_MAX = 10_000;

/** A put of a new item, unless `more` says otherwise. */
export function write(key: Key<unknown>, data: unknown, more: Partial<Put> = {}): Put {
  return { key, expected: 0, data, ...more };
}

export function manyKeys(setup: ContractSetup, count: number): Key<unknown>[] {
  return Array.from({ length: count }, (_, index) => setup.keyAt(`many#${index}`));
}

export async function dataAt(store: Store, keys: readonly Key<unknown>[]): Promise<unknown[]> {
  return (await store.get(keys)).map((item: Item<unknown> | undefined) => item?.data);
}

/** Polls until the index has exactly these positions, in this order. */
export async function expectIndex(
  { store }: ContractSetup,
  partition: string,
  positions: readonly string[],
  range: Partial<IndexRange> = {},
): Promise<void> {
  const found = async () => (await store.listIndex({ partition, limit: 100, ...range })).map(({ position }) => position);
  await expect.poll(found, { timeout: LAG_MS_MAX, interval: 10 }).toEqual(positions);
}
