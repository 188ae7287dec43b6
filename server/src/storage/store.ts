import type { CommandId } from '../domain/ids.ts';

declare const data: unique symbol;

/** Where an item stands. The type parameter, known to the compiler alone, says what stands there; `keys.ts` makes them. */
export interface Key<Data> {
  readonly partition: string;
  readonly sort: string;
  readonly [data]?: Data;
}

/** A place in the one sparse index; an item has at most one. */
export interface IndexEntry {
  readonly partition: string;
  readonly sort: string;
}

export interface Item<Data> {
  readonly key: Key<Data>;
  /** 1 when first written, one more with each change. */
  readonly version: number;
  /** The command that wrote this version. */
  readonly command: CommandId;
  readonly data: Data;
}

/** Puts `data` at `key`, if `expected` still stands there: a version, or 0 for nothing. */
export interface Put<Data = unknown> {
  readonly key: Key<Data>;
  readonly expected: number;
  readonly data: Data;
  readonly index?: IndexEntry;
  /** Epoch milliseconds after which the engine may drop the item, in its own time. */
  readonly expiresAt?: number;
}

/**
 * Takes away what stands at `key`, if it is still this version. A key is used for one thing only, ever: put there again, an item
 * would begin with version 1 once more.
 */
export interface Delete {
  readonly key: Key<unknown>;
  readonly expected: number;
  readonly isDelete: true;
}

export type Write<Data = unknown> = Put<Data> | Delete;

export function isDelete(write: Write): write is Delete {
  return 'isDelete' in write;
}

/**
 * What became of a commit. `standing` tells, by position in the writes, what stands there now (undefined: nothing).
 * It has every position whose condition failed; of a position that it lacks nothing is known.
 */
export type CommitResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly current: ReadonlyMap<number, Item<unknown> | undefined> };

/** A slice of a partition, in byte order of the sort keys. */
export interface Range<Data> {
  readonly partition: string;
  /** Only sort keys that begin so. */
  readonly prefix: string;
  /** Only what comes behind this sort key, itself excluded. */
  readonly after?: string;
  readonly limit: number;
  readonly [data]?: Data;
}

export interface IndexRange {
  readonly partition: string;
  /** By the index's sort key; descending, the newest first, if left out. */
  readonly order?: 'ascending' | 'descending';
  /** Only what comes behind this, in the direction of reading. */
  readonly after?: string;
  readonly limit: number;
}

export interface IndexRow {
  readonly key: { readonly partition: string; readonly sort: string };
  /** The index's own sort key: a position to go on from. */
  readonly position: string;
}

/** The most keys that one `get` or `commit` may name. */
export const KEYS_MAX = 100;

/** All that the program asks of a database. Every engine passes the one suite in `store.contract.ts`. */
export interface Store {
  /** Strongly consistent, all as of one moment, one round trip; answers in the order of the keys. */
  get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]>;
  /** The same, each as of a moment of its own: for rows that have nothing to do with each other, and cheaper. */
  batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]>;
  /** Strongly consistent, ascending. */
  list<Data>(range: Range<Data>): Promise<Item<Data>[]>;
  /** Eventually consistent, keys only: the truth is then read by `get`. */
  listIndex(range: IndexRange): Promise<IndexRow[]>;
  /**
   * All or nothing, at most 100 distinct keys; once `committed` is told, it is durable.
   * @param command an id that no other commit has: an engine may know by it what it has written itself. What it has removed
   * bears no id, so that a commit of removals alone may be told to be refused by its own effect
   */
  commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult>;
  /** Finishes what was accepted, refuses what comes after. */
  close(): Promise<void>;
}

/**
 * `busy`: too many wait, or others hold the database; nothing was done.
 * `throttled`: the database asks for fewer requests; nothing was done.
 * `unavailable`: the database did not answer as it should; whether it was done is not known.
 */
export type StoreErrorKind = 'busy' | 'throttled' | 'unavailable';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(trouble: StoreErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.kind = trouble;
  }
}

/** The store can't be opened as it is, and a person has to see to it. The message says how. */
export class StoreSetupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'UnfitStoreError';
  }
}

/* What every engine needs. */

/** A key as a text of its own. */
export function keyText({ partition, sort }: Key<unknown>): string {
  return JSON.stringify([partition, sort]);
}

/** An item's data as it is kept. @throws TypeError where JSON can't tell it */
export function toJson(data: unknown): string {
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new TypeError('an item has data that JSON can not tell');
  return text;
}

/* Programming errors that no engine should have to meet. */

export function checkKeys(keys: readonly Key<unknown>[]): void {
  if (keys.length > KEYS_MAX) throw new TypeError(`a get names at most ${KEYS_MAX} keys, not ${keys.length}`);
}

export function checkWrites(writes: readonly Write[]): void {
  const places = new Set(writes.map(({ key }) => keyText(key)));
  if (places.size !== writes.length) throw new TypeError('a commit names a key twice');
  if (writes.length === 0 || writes.length > KEYS_MAX)
    throw new TypeError(`a commit has 1 to ${KEYS_MAX} writes, not ${writes.length}`);
  if (writes.some((write) => isDelete(write) && write.expected === 0))
    throw new TypeError('a removal expects something to be there');
}
