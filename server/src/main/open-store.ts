import type { StoreSetting } from '../config.ts';
import { openSqlite, type SqliteOptions } from '../storage/sqlite.ts';
import { type Store, UnfitStoreError } from '../storage/store.ts';

/** @throws UnfitStoreError where the store can't be used as it is */
export function openStore(setting: StoreSetting, options: SqliteOptions): Store {
  if (setting.kind === 'sqlite') return openSqlite(setting.path, options);
  throw new UnfitStoreError('This version has no DynamoDB engine yet. Set STORE=sqlite:FILE.');
}
