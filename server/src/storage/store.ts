import type { CommandId } from '../domain/ids.ts';

/*
 * The storage port. Its terms:
 *
 * - Item: a JSON value stored under a key.
 * - Key: partition and sort. A partition's items are listed together, in byte order of their sort.
 * - Version: 1 for a new item, one more with each change. 0 means that there is no item.
 * - Commit: up to 100 writes (puts and deletes), all or nothing, made by one command. Only writes marked as separate may be
 *   missing of one that failed.
 * - Condition: each write names the version that it expects. A commit fails if any of them is wrong.
 * - Index: one sparse, eventually consistent index. An item has at most one entry, with its own partition and sort.
 * - Bulk store: a store opened to be copied as a whole (`bulk-store.ts`).
 */

declare const data: unique symbol;

/** The type parameter exists for the compiler only and says what is stored under the key. `keys.ts` creates keys. */
export interface Key<Data = unknown> {
  readonly partition: string;
  readonly sort: string;
  readonly [data]?: Data;
}

export interface IndexEntry {
  readonly partition: string;
  readonly sort: string;
}

export interface Item<Data> {
  readonly key: Key<Data>;
  readonly version: number;
  /** The command that wrote this version. */
  readonly command: CommandId;
  readonly data: Data;
}

interface Separable {
  /**
   * The engine may make the write by itself after the other writes of its commit, if these were made: cheaper on DynamoDB. Where its
   * condition fails, all other writes may have been made, also separate ones; they are recognized by their command. It may fail
   * because of its own effect if others have overwritten that, and a delete succeeds where there is no item.
   */
  readonly isSeparate?: true;
}

/** Stores `data` under `key` if the item still has version `expected`. */
export interface Put<Data = unknown> extends Separable {
  readonly key: Key<Data>;
  readonly expected: number;
  readonly data: Data;
  readonly index?: IndexEntry;
  /** Epoch milliseconds after which the engine may delete the item, at any time. */
  readonly expiresAt?: number;
}

/** Deletes the item if it still has version `expected`. The key must not be used again: versions would restart at 1. */
export interface Delete extends Separable {
  readonly key: Key;
  readonly expected: number;
  readonly isDelete: true;
}

export type Write<Data = unknown> = Put<Data> | Delete;

export function isDelete(write: Write): write is Delete {
  return 'isDelete' in write;
}

/**
 * `current` has the current items by position in the writes; undefined: there is none. It contains every position whose
 * condition failed. Nothing is known of a position that it lacks.
 */
export type CommitResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly current: ReadonlyMap<number, Item<unknown> | undefined> };

/** A slice of a partition, in byte order of the sort keys. */
export interface Range<Data> {
  readonly partition: string;
  /** Of the sort keys. */
  readonly prefix: string;
  /** Exclusive. */
  readonly after?: string;
  readonly limit: number;
  readonly [data]?: Data;
}

export interface IndexRange {
  readonly partition: string;
  /** Of the index's sort keys; default: descending, newest first. */
  readonly order?: 'ascending' | 'descending';
  /** Exclusive, in the direction of `order`. */
  readonly after?: string;
  readonly limit: number;
}

export interface IndexRow {
  readonly key: Key;
  /** The entry's sort key, to continue `after`. */
  readonly position: string;
}

/** The most keys that one `get` or `commit` may name. @public part of the port, whether a caller needs it or not */
export const KEYS_MAX = 100;

/** What the program needs of a database. Every engine passes `contract/store-contract.ts`. */
export interface Store {
  /** Strongly consistent, all as of one moment, one round trip. Results are in the order of the keys. */
  get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]>;
  /** Like `get`, but each item as of its own moment: cheaper, for unrelated items. */
  batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]>;
  /** Strongly consistent, ascending. */
  list<Data>(range: Range<Data>): Promise<Item<Data>[]>;
  /** Eventually consistent, keys only: read the items by `get`. */
  listIndex(range: IndexRange): Promise<IndexRow[]>;
  /**
   * All or nothing, except for separate writes; at most 100 distinct keys; durable once it returns `committed: true`.
   * @param command unique to this commit: an engine recognizes its own writes by it after a lost response. A deleted
   * item bears no command, so a commit of deletes only may be reported as failed because of its own effect.
   * @param deadline until when it may wait for a lock that another process holds, by `performance.now()`; default: some seconds
   * @throws StoreError `busy` where it got no lock by then
   */
  commit(command: CommandId, writes: readonly Write[], deadline?: number): Promise<CommitResult>;
  /** Finishes the calls under way and rejects later ones. */
  close(): Promise<void>;
}

/**
 * `busy`: too many callers, or other processes hold the database; nothing was done.
 * `throttled`: the database asks for fewer requests; nothing was done.
 * `unavailable`: no usable response; whether the call took effect is unknown.
 */
export type StoreErrorKind = 'busy' | 'throttled' | 'unavailable';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.kind = kind;
  }
}

/** The store can't be used until an operator does what the message says. */
export class StoreSetupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreSetupError';
  }
}

/* Shared by the engines. */

/** How long an expired item is kept, so that clocks may differ. */
export const EXPIRED_KEPT_MS = 3_600_000;

/** Greater than what may follow a prefix: no key contains this character. */
export const LAST = '\u{10ffff}';

/** Appended to a text, gives its successor in byte order. */
export const NEXT = '\0';

/** A text that is unique to the key: no key contains a line break. */
export function keyText({ partition, sort }: Key): string {
  return `${partition}\n${sort}`;
}

/** @throws TypeError where JSON has no form for the data */
export function toJson(data: unknown): string {
  const text: string | undefined = JSON.stringify(data);
  if (text === undefined) throw new TypeError('an item has data that JSON can not represent');
  return text;
}

/* Programming errors, found before an engine is called. */

export function checkKeys(keys: readonly Key[]): void {
  if (keys.length > KEYS_MAX) throw new TypeError(`a get names at most ${KEYS_MAX} keys, not ${keys.length}`);
}

export function checkWrites(writes: readonly Write[]): void {
  const keys = new Set(writes.map(({ key }) => keyText(key)));
  if (keys.size !== writes.length) throw new TypeError('a commit names a key twice');
  if (writes.length === 0 || writes.length > KEYS_MAX)
    throw new TypeError(`a commit has 1 to ${KEYS_MAX} writes, not ${writes.length}`);
  if (writes.some((write) => isDelete(write) && write.expected === 0)) throw new TypeError('a delete expects an item to exist');
}
