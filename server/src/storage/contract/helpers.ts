import { expect } from 'vitest';
import type { CommandId } from '../../domain/ids.ts';
import type { CommitResult, IndexRange, Item, Key, Put, Store, Write } from '../store.ts';

/** What a test of the contract stands on. */
export interface ContractSetup {
  readonly store: Store;
  /** A partition of the test's own. */
  readonly partition: string;
  /** A key in that partition. */
  key(sort: string): Key<unknown>;
}

/** A command's id, as a test names it. */
export function command(name: string): CommandId {
  return name as CommandId;
}

let commits = 0;

/** Commits one write as a command of its own, as every commit must be. */
export function commit(store: Pick<Store, 'commit'>, write: Write): Promise<CommitResult> {
  commits += 1;
  return store.commit(command(`commit-${commits}`), [write]);
}

/** How long an index may lag behind. */
const LAG_MS_MAX = 10_000;

/** A write where nothing stands, unless told otherwise. */
export function write(key: Key<unknown>, data: unknown, more: Partial<Put> = {}): Put {
  return { key, expected: 0, data, ...more };
}

export function manyKeys(ground: ContractSetup, count: number): Key<unknown>[] {
  return Array.from({ length: count }, (_, index) => ground.key(`many#${index}`));
}

export async function dataAt(store: Store, keys: readonly Key<unknown>[]): Promise<unknown[]> {
  return (await store.get(keys)).map((item: Item<unknown> | undefined) => item?.data);
}

/** Asks until the index has come to exactly these positions, in this order. */
export async function expectIndex(
  { store }: ContractSetup,
  partition: string,
  positions: readonly string[],
  range: Partial<IndexRange> = {},
): Promise<void> {
  const found = async () => (await store.listIndex({ partition, limit: 100, ...range })).map(({ position }) => position);
  await expect.poll(found, { timeout: LAG_MS_MAX, interval: 10 }).toEqual(positions);
}
