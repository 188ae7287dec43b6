import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand, GetItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type IndexRange, type IndexRow, type Item, type Key, type Range, StoreError } from '../store.ts';
import type { Connection } from './client.ts';
import {
  type Attributes,
  MalformedError,
  requireConsumedCapacity,
  toIndexRow,
  toItem,
  toKeyAttributes,
  WITH_CONSUMED_CAPACITY,
} from './items.ts';
import { LAYOUT } from './layout.ts';

/* Reads of what need not be of one moment, and of what lies together. */

/** Behind every text that begins with a given prefix: no key holds this character. */
const LAST = '\u{10ffff}';

/** What, put behind a text, makes the very next one in byte order. */
const NEXT = '\0';

/** So often in a row DynamoDB may leave all that it was asked for undone. */
const IDLE_ROUNDS_MAX = 4;
const IDLE_PAUSE_MS = 20;

export async function getItem<Data>(connection: Connection, table: string, key: Key<Data>): Promise<Item<Data> | undefined> {
  const input = { TableName: table, Key: toKeyAttributes(key), ConsistentRead: true, ...WITH_CONSUMED_CAPACITY };
  return connection.sendWithRetries(async (abortSignal) => {
    const { Item, ...answer } = await connection.client.send(new GetItemCommand(input), { abortSignal });
    requireConsumedCapacity(answer);
    return Item && toItem<Data>(Item);
  });
}

/**
 * Each as of a moment of its own. DynamoDB answers what it has the room and the time for; the rest is asked for again.
 * @param keys distinct
 */
export async function batchGet<Data>(
  connection: Connection,
  table: string,
  keys: readonly Key<Data>[],
  found: (item: Item<Data>) => void,
): Promise<void> {
  let left: Attributes[] = keys.map(toKeyAttributes);
  for (let idle = 0; left.length > 0; ) {
    const input = { RequestItems: { [table]: { Keys: left, ConsistentRead: true } } };
    const { items, rest } = await connection.sendWithRetries(async (abortSignal) => {
      const { Responses, UnprocessedKeys } = await connection.client.send(new BatchGetItemCommand(input), { abortSignal });
      const [told, rest = []] = [Responses?.[table], UnprocessedKeys?.[table]?.Keys];
      if (!told && rest.length === 0) throw new MalformedError('a batch was not told');
      return { items: (told ?? []).map((item) => toItem<Data>(item)), rest };
    });
    for (const item of items) found(item);
    idle = rest.length < left.length ? 0 : idle + 1;
    if (idle > IDLE_ROUNDS_MAX) throw new StoreError('throttled', `${rest.length} keys were left unread again and again`);
    if (idle > 0) await pause(IDLE_PAUSE_MS * 2 ** idle);
    left = rest;
  }
}

/** Strongly consistent, ascending. */
export async function queryPartition<Data>(connection: Connection, table: string, range: Range<Data>): Promise<Item<Data>[]> {
  const { partition, prefix, after, limit } = range;
  const from = after === undefined || bytesOf(after) < bytesOf(prefix) ? prefix : after + NEXT;
  const to = prefix + LAST;
  if (bytesOf(from) > bytesOf(to)) return [];
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
export function queryIndex(connection: Connection, table: string, range: IndexRange): Promise<IndexRow[]> {
  const { partition, order = 'descending', after, limit } = range;
  const isBehind = order === 'descending' ? '<' : '>';
  return queryPages(connection, limit, toIndexRow, {
    TableName: table,
    IndexName: LAYOUT.index.name,
    ScanIndexForward: order === 'ascending',
    KeyConditionExpression: `#partition = :partition${after === undefined ? '' : ` AND #sort ${isBehind} :after`}`,
    ExpressionAttributeNames: {
      '#partition': LAYOUT.index.partition,
      ...(after !== undefined && { '#sort': LAYOUT.index.sort }),
    },
    ExpressionAttributeValues: { ':partition': { S: partition }, ...(after !== undefined && { ':after': { S: after } }) },
  });
}

/** An answer ends with the limit or with a megabyte; what lies behind that is asked for again. */
async function queryPages<Row>(
  connection: Connection,
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
      if (!Array.isArray(Items)) throw new MalformedError('a range was not told');
      return { found: Items.map(toRow), next: LastEvaluatedKey };
    });
    rows.push(...found);
    start = next;
  } while (start && rows.length < limit);
  return rows;
}

/** Two texts so written compare as DynamoDB and SQLite compare them: by their UTF-8. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}
