import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { endpoint, newTable, optionsAt } from '../../testing/dynamodb/tables.ts';
import { StoreSetupError } from '../store.ts';
import { createTable, requireTable } from './table.ts';

describe.skipIf(endpoint === undefined)('a DynamoDB table', () => {
  it('creates a table once', async () => {
    const name = `test-${randomUUID()}`;
    expect([await createTable(name, optionsAt()), await createTable(name, optionsAt())]).toEqual([true, false]);
  });

  it('passes requireTable if it was created for a store', async () => {
    await expect(requireTable(await newTable(), optionsAt())).resolves.toBeUndefined();
  });

  it('of another program is rejected with a clear error', async () => {
    const name = `test-${randomUUID()}`;
    const client = new DynamoDBClient(optionsAt().client ?? {});
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'cake', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'cake', KeyType: 'HASH' }],
      }),
    );
    client.destroy();
    const opening = requireTable(name, optionsAt());
    await expect(opening).rejects.toThrow(StoreSetupError);
    await expect(opening).rejects.toThrow(`"${name}" at ${endpoint} can't be a table of Private Lending`);
  });
});
