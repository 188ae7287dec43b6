import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { ExponentialBackoff, fullJitterGenerator, handleWhen, type RetryPolicy, retry } from 'cockatiel';
import type { CommandId } from '../../domain/ids.ts';
import type { BulkStore, ItemKey, Page, StoredItem } from '../bulk-store.ts';
import { type CommitResult, checkWrites, type Item, type Key, StoreError, type Write } from '../store.ts';
import { Connection, type ConnectionOptions } from './client.ts';
import { type Attributes, MalformedError, toAttributes, toKey, toKeyAttributes, toStoredItem } from './items.ts';
import { LAYOUT } from './layout.ts';
import { batchGet } from './reads.ts';
import { requireTable } from './table.ts';
import { transactWrite } from './transactions.ts';

/** DynamoDB takes no more at once. */
const BATCH_ITEMS_MAX = 25;
/** Batches under way at once. */
const LANES = 8;
/** Whoever copies has time: a request gets longer than one that a person waits for, and is asked again for longer. */
const TRY_MS_MAX = 20_000;
const THROTTLED_TRIES_MAX = 20;
const PAUSE_MS_MAX = 5000;
const BACKOFF = { initialDelay: 50, maxDelay: PAUSE_MS_MAX, generator: fullJitterGenerator };

/** The same table to copy from or into; it must not be written to by others meanwhile, since DynamoDB reads no table as of one moment. */
export async function openBulkDynamoDb(table: string, options: ConnectionOptions = {}): Promise<BulkStore> {
  await requireTable(table, options);
  return new DynamoDbBulkStore(table, new Connection({ ...options, attemptTimeoutMs: options.attemptTimeoutMs ?? TRY_MS_MAX }));
}

class DynamoDbBulkStore implements BulkStore {
  readonly #table: string;
  readonly #connection: Connection;
  readonly #retries: RetryPolicy = retry(handleWhen(isThrottled), {
    maxAttempts: THROTTLED_TRIES_MAX - 1,
    backoff: new ExponentialBackoff(BACKOFF),
  });

  constructor(table: string, connection: Connection) {
    this.#table = table;
    this.#connection = connection;
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    const found: Item<Data>[] = [];
    await this.#retries.execute(() => batchGet(this.#connection, this.#table, keys, (item) => found.push(item)));
    return keys.map((key) => found.find((item) => item.key.partition === key.partition && item.key.sort === key.sort));
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

  async *pages(after?: ItemKey): AsyncGenerator<Page> {
    let start: Attributes | undefined = after && toKeyAttributes(after);
    do {
      const input = { TableName: this.#table, ConsistentRead: true, ExclusiveStartKey: start };
      const { items, last }: { items: StoredItem[]; last: Attributes | undefined } = await this.#send(async (abortSignal) => {
        const { Items, LastEvaluatedKey } = await this.#connection.client.send(new ScanCommand(input), { abortSignal });
        if (!Items) throw new MalformedError('a page of the table was not told');
        return { items: Items.map(toStoredItem), last: LastEvaluatedKey };
      });
      yield { items, next: last && toKey(last) };
      start = last;
    } while (start);
  }

  async put(items: readonly StoredItem[]): Promise<void> {
    const waiting = items.map((item) => ({ PutRequest: { Item: toAttributes(item) } }));
    const lane = async (): Promise<void> => {
      while (waiting.length > 0) await this.#putBatch(waiting.splice(0, BATCH_ITEMS_MAX));
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const failed = lanes.find((ended) => ended.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** DynamoDB does what it has the room for and names the rest, which is asked for again. */
  async #putBatch(requests: WriteRequest[]): Promise<void> {
    let left = requests;
    for (let idle = 0; left.length > 0; ) {
      const input = { RequestItems: { [this.#table]: left } };
      const { UnprocessedItems = {} } = await this.#send((abortSignal) =>
        this.#connection.client.send(new BatchWriteItemCommand(input), { abortSignal }),
      );
      const rest = UnprocessedItems[this.#table] ?? [];
      idle = rest.length < left.length ? 0 : idle + 1;
      if (idle === THROTTLED_TRIES_MAX)
        throw new StoreError('throttled', `${rest.length} items were left unwritten again and again`);
      if (rest.length > 0) await pause(Math.min(BACKOFF.initialDelay * 2 ** idle, PAUSE_MS_MAX));
      left = rest;
    }
  }

  async drop(key: ItemKey, version: number): Promise<boolean> {
    const input = {
      TableName: this.#table,
      Key: toKeyAttributes(key),
      // Gone already counts as done: an earlier try of ours may have been carried out unheard.
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

  #send<Output>(send: (signal: AbortSignal) => Promise<Output>): Promise<Output> {
    return this.#retries.execute(() => this.#connection.sendWithRetries(send));
  }
}

function isThrottled(thrown: unknown): boolean {
  return thrown instanceof StoreError && thrown.kind !== 'unavailable';
}
