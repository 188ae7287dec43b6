import type { CommandId } from '../domain/ids.ts';
import type { IndexEntry, Store } from './store.ts';

/** Where an item stands, whatever stands there. */
export interface ItemKey {
  readonly partition: string;
  readonly sort: string;
}

/** An item just as it is kept: what the port shows of it, and what it does not. */
export interface StoredItem {
  readonly key: ItemKey;
  readonly version: number;
  readonly command: CommandId;
  /** The data's JSON, byte for byte. */
  readonly text: string;
  readonly index?: IndexEntry;
  readonly expiresAt?: number;
}

export interface Page {
  readonly items: readonly StoredItem[];
  /** What the next page comes behind; undefined after the last one. */
  readonly next: ItemKey | undefined;
}

/** A store opened to be moved as a whole. Nothing else is done on it: such a store serves nobody. */
export interface BulkStore extends Pick<Store, 'commit' | 'get' | 'close'> {
  /** How many items there are; an engine may tell of some hours ago. */
  size(): Promise<number>;
  /** All items, strongly consistent, in an order of the engine's own that stays the same. */
  pages(after?: ItemKey): AsyncIterable<Page>;
  /** Has these items stand as they are, whatever stood there. Durable once it is told; done twice, it is done once. */
  put(items: readonly StoredItem[]): Promise<void>;
  /** Takes an item of this version away. @returns false where another version stands */
  drop(key: ItemKey, version: number): Promise<boolean>;
}

/** What the target of a copy bears from before its first item until the whole is found right. */
export interface CopyCheckpoint {
  readonly from: string;
  readonly to: string;
  /** RFC 3339 */
  readonly started: string;
  /** How many items are there, and what the next one comes behind; null: none yet. */
  readonly copied: number;
  readonly position: ItemKey | null;
}
