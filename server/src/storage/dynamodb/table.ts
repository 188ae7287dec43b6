import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { copyCheckpointKey } from '../keys.ts';
import { Connection, type ConnectionOptions } from './client.ts';
import { LAYOUT } from './layout.ts';
import { getItem } from './reads.ts';
import { toSetupError } from './setup-errors.ts';

const WAIT_SECONDS_MAX = 120;

export interface TableOptions extends ConnectionOptions {
  /** For what reads the stream on AWS. With one, DynamoDB Local takes longer for each write than for the one before it. */
  readonly hasStream?: boolean;
}

/**
 * Makes the table for development; in production the stack makes it, with its stream, and guarded against deletion.
 * @returns whether it was made, or there already
 */
export async function createTable(name: string, options: TableOptions = {}): Promise<boolean> {
  const connection = new Connection(options);
  try {
    const isNew = await create(connection.client, name, options.hasStream ?? false);
    await waitUntilTableExists(
      { client: connection.client, maxWaitTime: WAIT_SECONDS_MAX, minDelay: 1, maxDelay: 5 },
      { TableName: name },
    );
    if (isNew) {
      const TimeToLiveSpecification = { AttributeName: LAYOUT.expiry, Enabled: true };
      await connection.client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
    }
    return isNew;
  } catch (thrown) {
    throw await toSetupError(connection, name, thrown);
  } finally {
    await connection.close();
  }
}

/**
 * Reads the table once, so that whoever starts something on it is told at once what is to be mended. It takes no other
 * right than serving does.
 * @throws UnfitStoreError
 */
export async function requireTable(name: string, options: ConnectionOptions = {}): Promise<void> {
  const connection = new Connection(options);
  try {
    await getItem(connection, name, copyCheckpointKey());
  } catch (thrown) {
    throw await toSetupError(connection, name, thrown);
  } finally {
    await connection.close();
  }
}

async function create(client: DynamoDBClient, name: string, hasStream: boolean): Promise<boolean> {
  const { partition, sort, index } = LAYOUT;
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [partition, sort, index.partition, index.sort].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: index.name,
            KeySchema: [
              { AttributeName: index.partition, KeyType: 'HASH' },
              { AttributeName: index.sort, KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        ...(hasStream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
      }),
    );
    return true;
  } catch (thrown) {
    if (thrown instanceof ResourceInUseException) return false;
    throw thrown;
  }
}
