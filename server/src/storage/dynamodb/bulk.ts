import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { RetryPolicy } from 'cockatiel';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, StoredItem, StoredPage } from '../bulk-store.ts';
import { type CommitResult, checkWrites, type Item, type Key, keyText, StoreError, type Write } from '../store.ts';
import { retryWhen, sendBatch } from './backoff.ts';
import { type ConnectionOptions, DynamoDbConnection } from './client.ts';
import { type Attributes, MalformedError, toAttributes, toKey, toKeyAttributes, toStoredItem } from './items.ts';
import { LAYOUT } from './layout.ts';
import { batchGet } from './reads.ts';
import { requireTable } from './table.ts';
import { transactWrite } from './transactions.ts';

/** DynamoDB's own limit for a batch of writes. */
const BATCH_ITEMS_MAX = 25;
const CONCURRENT_BATCHES = 8;
/** A copy can wait longer than a request: for a response, and for a throttled table. */
const ATTEMPT_TIMEOUT_MS = 20_000;
const THROTTLING_BACKOFF = { attemptsMax: 20, initialMs: 50, maxMs: 5000 };

/**
 * Opens a table to copy from or into. Others must not write to it meanwhile: a scan is not of one moment.
 * @throws StoreSetupError
 */
export async function openBulkDynamoDb(table: string, options: ConnectionOptions = {}): Promise<BulkStore> {
  await requireTable(table, options, { forMs: ATTEMPT_TIMEOUT_MS });
  const { attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  return new DynamoDbBulkStore(table, new DynamoDbConnection({ ...options, attemptTimeoutMs }));
}

class DynamoDbBulkStore implements BulkStore {
  readonly #table: string;
  readonly #connection: DynamoDbConnection;
  readonly #retries: RetryPolicy = retryWhen(isThrottled, THROTTLING_BACKOFF);

  constructor(table: string, connection: DynamoDbConnection) {
    this.#table = table;
    this.#connection = connection;
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    const items = await this.#retries.execute(() => batchGet(this.#connection, this.#table, keys));
    return keys.map((key) => items.find((item) => keyText(item.key) === keyText(key)));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    return this.#retries.execute(() => transactWrite(this.#connection, this.#table, command, writes));
  }

  async size(): Promise<number> {
    const { Table } = await this.#send((abortSignal) =>
      this.#connection.client.send(new DescribeTableCommand({ TableName: this.#table }), { abortSignal }),
    );
    return Table?.ItemCount ?? 0;
  }

  async *pages(after?: Key): AsyncGenerator<StoredPage> {
    let start: Attributes | undefined = after && toKeyAttributes(after);
    do {
      const input = { TableName: this.#table, ConsistentRead: true, ExclusiveStartKey: start };
      const { items, last }: { items: StoredItem[]; last: Attributes | undefined } = await this.#send(async (abortSignal) => {
        const { Items, LastEvaluatedKey } = await this.#connection.client.send(new ScanCommand(input), { abortSignal });
        if (!Items) throw new MalformedError('a response to a scan lacks its items');
        return { items: Items.map(toStoredItem), last: LastEvaluatedKey };
      });
      yield { items, next: last && toKey(last) };
      start = last;
    } while (start);
  }

  async put(items: readonly StoredItem[]): Promise<void> {
    const waiting: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    const putBatches = async (): Promise<void> => {
      while (waiting.length > 0) {
        await sendBatch(waiting.splice(0, BATCH_ITEMS_MAX), THROTTLING_BACKOFF, async (requests) => {
          const command = new BatchWriteItemCommand({ RequestItems: { [this.#table]: requests } });
          const { UnprocessedItems } = await this.#send((abortSignal) => this.#connection.client.send(command, { abortSignal }));
          return UnprocessedItems?.[this.#table] ?? [];
        });
      }
    };
    const results = await Promise.allSettled(Array.from({ length: CONCURRENT_BATCHES }, putBatches));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async drop(key: Key, version: number): Promise<boolean> {
    const input = {
      TableName: this.#table,
      Key: toKeyAttributes(key),
      // A missing item counts as deleted: an earlier attempt may have been carried out without a response.
      ConditionExpression: `attribute_not_exists(${LAYOUT.partition}) OR v = :version`,
      ExpressionAttributeValues: { ':version': { N: String(version) } },
    };
    try {
      await this.#send((abortSignal) => this.#connection.client.send(new DeleteItemCommand(input), { abortSignal }));
      return true;
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return false;
      throw thrown;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #send<Output>(send: (abortSignal: AbortSignal) => Promise<Output>): Promise<Output> {
    return this.#retries.execute(() => this.#connection.sendWithRetries(send));
  }
}

function isThrottled(thrown: unknown): boolean {
  return thrown instanceof StoreError && thrown.kind !== 'unavailable';
}
