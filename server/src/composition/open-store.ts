import type { StoreSetting } from '../config/config.ts';
import type { BulkStore } from '../storage/bulk-store.ts';
import { type BreakerOptions, withBreaker } from '../storage/circuit-breaker.ts';
import type { SqliteOptions } from '../storage/sqlite/sqlite-store.ts';
import type { Store } from '../storage/store.ts';

/* Which engine a store is kept by. Each is loaded only where it is used: DynamoDB's takes a while, SQLite's is not everywhere. */

export interface OpenOptions extends SqliteOptions {
  /** Told when the database is found to be unavailable, and when it is back. */
  readonly onUnavailable?: BreakerOptions['onChange'];
}

/** @throws UnfitStoreError where the store can't be used as it is */
export async function openStore(setting: StoreSetting, options: OpenOptions): Promise<Store> {
  if (setting.kind === 'sqlite') {
    const { openSqlite } = await import('../storage/sqlite/sqlite-store.ts');
    return openSqlite(setting.path, options);
  }
  const [{ openDynamoDb }, { requireTable }] = await Promise.all([
    import('../storage/dynamodb/dynamodb-store.ts'),
    import('../storage/dynamodb/table.ts'),
  ]);
  await requireTable(setting.table, { client: setting.client });
  const { onUnavailable } = options;
  return withBreaker(openDynamoDb(setting.table, { client: setting.client }), onUnavailable && { onChange: onUnavailable });
}

/** Makes what a store needs. @returns whether it was made, or there already @throws UnfitStoreError */
export async function makeStore(setting: StoreSetting): Promise<boolean> {
  if (setting.kind === 'sqlite') {
    const { makeSqlite } = await import('../storage/sqlite/bulk.ts');
    return makeSqlite(setting.path);
  }
  const { createTable } = await import('../storage/dynamodb/table.ts');
  return createTable(setting.table, { client: setting.client });
}

/** Opens a store to be copied as a whole, or to be copied into. @throws UnfitStoreError */
export async function openBulkStore(setting: StoreSetting, role: 'source' | 'target'): Promise<BulkStore> {
  if (setting.kind === 'sqlite') {
    const { openSqliteSource, openSqliteTarget } = await import('../storage/sqlite/bulk.ts');
    return role === 'source' ? openSqliteSource(setting.path) : openSqliteTarget(setting.path);
  }
  const { openBulkDynamoDb } = await import('../storage/dynamodb/bulk.ts');
  return openBulkDynamoDb(setting.table, { client: setting.client });
}
