import { describe } from 'vitest';
import { endpoint, newTable, optionsAt } from '../../testing/dynamodb/tables.ts';
import { storeContract } from '../contract/store-contract.ts';
import { openDynamoDb } from './dynamodb-store.ts';

describe.skipIf(endpoint === undefined)('DynamoDB', () => {
  let table: Promise<string> | undefined;

  storeContract('in one table of DynamoDB', async () => {
    table ??= newTable();
    return { store: openDynamoDb(await table, optionsAt()) };
  });
});
