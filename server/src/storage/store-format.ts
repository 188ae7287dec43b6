import type { StoredKeys } from './key-ring.ts';
import { StoreSetupError } from './store.ts';

/**
 * Version of all that a store holds: tables, keys and the members of items. Raised by every incompatible change. A
 * store of another format is rejected, not migrated. Every engine keeps it beside the store's secret. A SQLite file has a format of
 * its tables besides (`sqlite/schema.ts`).
 */
export const STORE_FORMAT = 2;

/** Stores of format 1 have no number beside their secret. */
const UNNUMBERED_FORMAT = 1;

/** Name of the metadata that every store has from its first start. */
export const STORE_SECRET = 'secret';

export interface StoreSecret {
  /** 32 random bytes, base64url. */
  readonly secret: string;
  readonly format?: number;
  /** Left out before the first rotation. */
  readonly keys?: StoredKeys;
}

/**
 * @param store as messages name it
 * @param needed the format of this program
 * @throws StoreSetupError where the store has another format than this program
 */
export function requireFormat(store: string, format: number = UNNUMBERED_FORMAT, needed = STORE_FORMAT): void {
  if (format === needed) return;
  const [age, advice] =
    format < needed
      ? ['an older', 'Name a new file or table in STORE, or start the older program.']
      : ['a newer', 'Start that version, or restore a backup from before it.'];
  throw new StoreSetupError(
    `${store} was written by ${age} Private Lending (format ${format}; this program needs ${needed}). ${advice}`,
  );
}
