import type { StoreSetting } from '../config/config.ts';
import type { BulkStore } from '../storage/bulk-store.ts';
import { type BreakerOptions, withBreaker } from '../storage/circuit-breaker.ts';
import type { SqliteOptions } from '../storage/sqlite/sqlite-store.ts';
import type { Store, StoreError } from '../storage/store.ts';

/* Loads only the engine of the store: DynamoDB's is slow to load, and SQLite's needs a native module. */

/** For commands, whose user waits at a terminal. */
export const RETRY_MS = 5000;

export interface OpenOptions extends SqliteOptions {
  /** Gets a line about each slow step, without the store's name. */
  readonly progress?: (line: string) => void;
  /** Check a whole SQLite file after an unclean stop, and migrate one of an earlier version, while the event loop runs. */
  readonly prepareFile?: boolean;
  /** How long an unavailable or throttled DynamoDB is tried; default: five seconds. */
  readonly retryMs?: number;
  /** Called when the circuit breaker of DynamoDB opens, and when it closes. */
  readonly onUnavailable?: BreakerOptions['onChange'];
}

/** @throws StoreSetupError if the store is missing or cannot be used */
export async function openStore(setting: StoreSetting, options: OpenOptions): Promise<Store> {
  const { progress = () => {}, retryMs: forMs = RETRY_MS } = options;
  if (setting.kind === 'sqlite') {
    const { openSqlite } = await import('../storage/sqlite/sqlite-store.ts');
    if (options.prepareFile) {
      const { checkAfterUncleanStop, migrateFile } = await import('../storage/sqlite/prepare-file.ts');
      await checkAfterUncleanStop(setting.path, progress);
      await migrateFile(setting.path, progress);
    }
    return openSqlite(setting.path, options);
  }
  const [{ openDynamoDb }, { requireTable }] = await Promise.all([
    import('../storage/dynamodb/dynamodb-store.ts'),
    import('../storage/dynamodb/table.ts'),
  ]);
  await requireTable(setting.table, { client: setting.client }, { forMs, onRetry: reportRetry(progress, forMs) });
  const { onUnavailable } = options;
  return withBreaker(openDynamoDb(setting.table, { client: setting.client }), onUnavailable && { onChange: onUnavailable });
}

/** For `retryAtStart`. The error's name comes first in its message; what follows may name resources. */
export function reportRetry(progress: (line: string) => void, forMs: number): (error: StoreError) => void {
  return ({ message }) => progress(`the database fails (${message.split(':', 1)[0]}), trying again for ${forMs / 1000} s`);
}

/** Creates a store. @returns false if it exists already @throws StoreSetupError */
export async function makeStore(setting: StoreSetting): Promise<boolean> {
  if (setting.kind === 'sqlite') {
    const { makeSqlite } = await import('../storage/sqlite/bulk.ts');
    return makeSqlite(setting.path);
  }
  const { createTable } = await import('../storage/dynamodb/table.ts');
  return createTable(setting.table, { client: setting.client });
}

/** Opens a store to copy from or into. @throws StoreSetupError */
export async function openBulkStore(setting: StoreSetting, role: 'source' | 'target'): Promise<BulkStore> {
  if (setting.kind === 'sqlite') {
    const { openSqliteSource, openSqliteTarget } = await import('../storage/sqlite/bulk.ts');
    return role === 'source' ? openSqliteSource(setting.path) : openSqliteTarget(setting.path);
  }
  const { openBulkDynamoDb } = await import('../storage/dynamodb/bulk.ts');
  return openBulkDynamoDb(setting.table, { client: setting.client });
}
