import { BatchGetItemCommand, GetItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type IndexRange, type IndexRow, type Item, type Key, LAST, NEXT, type Range } from '../store.ts';
import { sendBatch } from './backoff.ts';
import type { DynamoDbConnection } from './client.ts';
import { type Attributes, MalformedError, requireCapacity, toIndexRow, toItem, toKeyAttributes, WITH_CAPACITY } from './items.ts';
import { LAYOUT } from './layout.ts';

/* Reads outside transactions. */

const UNPROCESSED_BACKOFF = { attemptsMax: 5, initialMs: 20, maxMs: 320 };

export async function getItem<Data>(
  connection: DynamoDbConnection,
  table: string,
  key: Key<Data>,
): Promise<Item<Data> | undefined> {
  const input = { TableName: table, Key: toKeyAttributes(key), ConsistentRead: true, ...WITH_CAPACITY };
  return connection.sendWithRetries(async (abortSignal) => {
    const { Item, ...response } = await connection.client.send(new GetItemCommand(input), { abortSignal });
    requireCapacity(response);
    return Item && toItem<Data>(Item);
  });
}

/** Each item as of its own moment, in any order. @param keys distinct */
export async function batchGet<Data>(
  connection: DynamoDbConnection,
  table: string,
  keys: readonly Key<Data>[],
): Promise<Item<Data>[]> {
  const found: Item<Data>[] = [];
  await sendBatch(keys.map(toKeyAttributes), UNPROCESSED_BACKOFF, async (Keys) => {
    const input = { RequestItems: { [table]: { Keys, ConsistentRead: true } } };
    const { items, unprocessed } = await connection.sendWithRetries(async (abortSignal) => {
      const { Responses, UnprocessedKeys } = await connection.client.send(new BatchGetItemCommand(input), { abortSignal });
      const [read, unprocessed = []] = [Responses?.[table], UnprocessedKeys?.[table]?.Keys];
      if (!read && unprocessed.length === 0) throw new MalformedError('a response to a batch lacks its items');
      return { items: (read ?? []).map((item) => toItem<Data>(item)), unprocessed };
    });
    found.push(...items);
    return unprocessed;
  });
  return found;
}

/** Strongly consistent, ascending. */
export async function queryPartition<Data>(
  connection: DynamoDbConnection,
  table: string,
  range: Range<Data>,
): Promise<Item<Data>[]> {
  const { partition, prefix, after, limit } = range;
  const from = after === undefined || byteOrder(after) < byteOrder(prefix) ? prefix : after + NEXT;
  const to = prefix + LAST;
  if (byteOrder(from) > byteOrder(to)) return [];
  const bounds = from === '' ? '' : ' AND #sort BETWEEN :from AND :to';
  return queryPages(connection, limit, (item) => toItem<Data>(item), {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: `#partition = :partition${bounds}`,
    ExpressionAttributeNames: { '#partition': LAYOUT.partition, ...(bounds && { '#sort': LAYOUT.sort }) },
    ExpressionAttributeValues: { ':partition': { S: partition }, ...(bounds && { ':from': { S: from }, ':to': { S: to } }) },
  });
}

/** Eventually consistent. */
export function queryIndex(connection: DynamoDbConnection, table: string, range: IndexRange): Promise<IndexRow[]> {
  const { partition, order = 'descending', after, limit } = range;
  const comparison = order === 'descending' ? '<' : '>';
  return queryPages(connection, limit, toIndexRow, {
    TableName: table,
    IndexName: LAYOUT.index.name,
    ScanIndexForward: order === 'ascending',
    KeyConditionExpression: `#partition = :partition${after === undefined ? '' : ` AND #sort ${comparison} :after`}`,
    ExpressionAttributeNames: {
      '#partition': LAYOUT.index.partition,
      ...(after !== undefined && { '#sort': LAYOUT.index.sort }),
    },
    ExpressionAttributeValues: { ':partition': { S: partition }, ...(after !== undefined && { ':after': { S: after } }) },
  });
}

/** A response ends at the limit or at a megabyte, so one query may take several requests. */
async function queryPages<Row>(
  connection: DynamoDbConnection,
  limit: number,
  toRow: (attributes: Attributes) => Row,
  input: QueryCommandInput,
): Promise<Row[]> {
  const rows: Row[] = [];
  let start: Attributes | undefined;
  do {
    const page = { ...input, Limit: limit - rows.length, ExclusiveStartKey: start };
    const { found, next } = await connection.sendWithRetries(async (abortSignal) => {
      const { Items, LastEvaluatedKey } = await connection.client.send(new QueryCommand(page), { abortSignal });
      if (!Array.isArray(Items)) throw new MalformedError('a response to a query lacks its items');
      return { found: Items.map(toRow), next: LastEvaluatedKey };
    });
    rows.push(...found);
    start = next;
  } while (start && rows.length < limit);
  return rows;
}

/** Texts that compare as DynamoDB and SQLite compare the originals: by their UTF-8 bytes. */
function byteOrder(text: string): string {
  return Buffer.from(text).toString('latin1');
}
