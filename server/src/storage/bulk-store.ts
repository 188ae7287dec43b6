import type { CommandId } from '../domain/ids.ts';
import type { IndexEntry, Key, Store } from './store.ts';

/** An item exactly as the engine stores it, with what the port does not show. */
export interface StoredItem {
  readonly key: Key;
  readonly version: number;
  readonly command: CommandId;
  /** The data's JSON, byte for byte. */
  readonly text: string;
  readonly index?: IndexEntry;
  readonly expiresAt?: number;
}

export interface StoredPage {
  readonly items: readonly StoredItem[];
  /** The key that the next page comes after; undefined for the last page. */
  readonly next: Key | undefined;
}

/** A store opened to be copied as a whole. It serves no requests meanwhile. */
export interface BulkStore extends Pick<Store, 'commit' | 'get' | 'close'> {
  /** The number of items; DynamoDB's may be some hours old. */
  size(): Promise<number>;
  /** All items, strongly consistent, in an order that is the engine's own and stable. */
  pages(after?: Key): AsyncIterable<StoredPage>;
  /** Stores the items unconditionally, durable once it resolves. Idempotent. */
  put(items: readonly StoredItem[]): Promise<void>;
  /** Deletes the item if it has this version. @returns false where it has another one */
  drop(key: Key, version: number): Promise<boolean>;
}

/** Stored in the target of a copy from before its first item until the whole copy is verified. */
export interface CopyCheckpoint {
  readonly from: string;
  readonly to: string;
  /** RFC 3339 */
  readonly started: string;
  /** The number of items copied, and the key that the next page comes after; null before the first page. */
  readonly copied: number;
  readonly position: Key | null;
}
