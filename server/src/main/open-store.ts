import type { StoreSetting } from '../config.ts';
import { withBreaker } from '../storage/breaker.ts';
import type { SqliteOptions } from '../storage/sqlite.ts';
import type { Store } from '../storage/store.ts';

/** Loads only the engine that is set. @throws UnfitStoreError where the store can't be used as it is */
export async function openStore(setting: StoreSetting, options: SqliteOptions): Promise<Store> {
  if (setting.kind === 'sqlite') return (await import('../storage/sqlite.ts')).openSqlite(setting.path, options);
  const { openDynamoDb } = await import('../storage/dynamodb.ts');
  return withBreaker(openDynamoDb(setting.table));
}
