import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { storeMetadataKey } from '../keys.ts';
import { retryAtStart, type StartRetryOptions } from '../retry-at-start.ts';
import { StoreError } from '../store.ts';
import { requireFormat, STORE_SECRET, type StoreSecret } from '../store-format.ts';
import { type ConnectionOptions, DynamoDbConnection } from './client.ts';
import { isMisconfigured } from './error-classification.ts';
import { LAYOUT } from './layout.ts';
import { getItem } from './reads.ts';
import { toSetupError } from './setup-errors.ts';

const WAIT_SECONDS_MAX = 120;

export interface TableOptions extends ConnectionOptions {
  /** For the Lambda functions that read the stream. It makes DynamoDB Local slower with every write. */
  readonly hasStream?: boolean;
}

/**
 * Creates the table for development. In production the stack creates it, with a stream and deletion protection.
 * @returns false where it exists already
 * @throws StoreSetupError
 */
export async function createTable(name: string, options: TableOptions = {}): Promise<boolean> {
  return withConnection(name, options, async (connection) => {
    const { client } = connection;
    const isNew = await create(client, name, options.hasStream ?? false);
    await waitUntilTableExists({ client, maxWaitTime: WAIT_SECONDS_MAX, minDelay: 1, maxDelay: 5 }, { TableName: name });
    if (isNew) {
      const TimeToLiveSpecification = { AttributeName: LAYOUT.expiry, Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
    } else await requireReadable(connection, name);
    return isNew;
  });
}

/**
 * Reads one item, so that a table that can't be used is reported at start. Needs no other right than serving does.
 * @param retry for a database that is throttled or unavailable; default: none
 * @throws StoreSetupError
 */
export async function requireTable(
  name: string,
  options: ConnectionOptions = {},
  retry: StartRetryOptions = { forMs: 0 },
): Promise<void> {
  await withConnection(name, options, (connection) =>
    retryAtStart(
      () =>
        requireReadable(connection, name).catch((thrown: unknown) => {
          throw thrown instanceof StoreError && isMisconfigured(thrown.cause) ? thrown.cause : thrown;
        }),
      retry,
    ),
  );
}

async function requireReadable(connection: DynamoDbConnection, name: string): Promise<void> {
  const found = await getItem(connection, name, storeMetadataKey<StoreSecret>(STORE_SECRET));
  if (found) requireFormat(`The table "${name}"`, found.data.format);
}

async function withConnection<Result>(
  table: string,
  options: ConnectionOptions,
  call: (connection: DynamoDbConnection) => Promise<Result>,
): Promise<Result> {
  const connection = new DynamoDbConnection(options);
  try {
    return await call(connection);
  } catch (thrown) {
    throw await toSetupError(connection, table, thrown);
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
