import { openDynamoDb } from '../../storage/dynamodb/dynamodb-store.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import type { Store } from '../../storage/store.ts';
import { endpoint, newTable, optionsAt } from './tables.ts';

/** The engines that this machine can run, for tests of both. */
export const engines: readonly { readonly name: string; readonly open: () => Promise<Store> }[] = [
  { name: 'SQLite', open: async () => openSqlite(':memory:') },
  ...(endpoint === undefined ? [] : [{ name: 'DynamoDB', open: async () => openDynamoDb(await newTable(), optionsAt()) }]),
];
