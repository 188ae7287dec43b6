import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';
import type { Exchange, ProxyRule } from '../../server/src/testing/dynamodb/proxy.ts';
import { type Attributes, asLocalSumsUp, type ItemUnits, unitsToGet, unitsToList, unitsToPut } from './capacity.ts';

/*
 * A proxy rule that compares the capacity reported by DynamoDB Local for each request with our formula. For transactions the
 * report is wrong (see `asLocalSumsUp`), so each item is also put alone into a second table, where it is right.
 */

export interface Metered {
  readonly operation: string;
  readonly read: number;
  readonly write: number;
  /** Write units of the index. */
  readonly indexWrite: number;
  /** The table's write units on the busiest partition key. */
  readonly partitionWrite: number;
  /** A line for each disagreement of the formula and DynamoDB Local. */
  readonly disagreements: readonly string[];
}

type Body = Exchange['request']['body'];

export interface Meter {
  readonly rule: ProxyRule;
  /** The requests since the last call. */
  take(): Metered[];
}

/** @param secondTable an empty table for single puts */
export function makeMeter(client: DynamoDBClient, secondTable: string): Meter {
  /** All items, since the cost of a write depends on the previous version. */
  const items = new Map<string, Attributes>();
  let metered: Metered[] = [];
  return {
    async rule({ request, forward, respond }) {
      const { operation, body } = request;
      const response = await forward(JSON.stringify({ ...body, ReturnConsumedCapacity: 'INDEXES' }));
      if (response.status !== 200) throw new Error(`${operation} failed: ${response.text}`);
      const { ConsumedCapacity, ...output } = JSON.parse(response.text);
      const consumed = sum([ConsumedCapacity].flat().map(({ CapacityUnits }) => CapacityUnits));
      if (operation === 'TransactWriteItems') {
        metered.push(await meteredWrite(body, consumed, items, (item) => putAlone(client, secondTable, item)));
      } else metered.push(meteredRead(operation, body, output, consumed));
      respond(response);
    },
    take() {
      const taken = metered;
      metered = [];
      return taken;
    },
  };
}

function meteredRead(operation: string, body: Body, output: Body, consumed: number): Metered {
  const read = readUnits(operation, body, output);
  return { operation, read, write: 0, indexWrite: 0, partitionWrite: 0, disagreements: differing(operation, read, consumed) };
}

async function meteredWrite(
  body: Body,
  consumed: number,
  items: Map<string, Attributes>,
  putAlone: (item: Attributes) => Promise<ItemUnits>,
): Promise<Metered> {
  const disagreements: string[] = [];
  const units: ItemUnits[] = [];
  const byPartition = new Map<string, number>();
  for (const { Put } of body.TransactItems) {
    const partition = JSON.stringify(Put.Item[LAYOUT.partition]);
    const key = `${partition} ${JSON.stringify(Put.Item[LAYOUT.sort])}`;
    const own = unitsToPut(Put.Item, items.get(key));
    const alone = await putAlone(Put.Item);
    items.set(key, Put.Item);
    units.push(own);
    byPartition.set(partition, (byPartition.get(partition) ?? 0) + 2 * own.table);
    disagreements.push(
      ...differing(`${key} in the table`, own.table, alone.table),
      ...differing(`${key} in the index`, own.index, alone.index),
    );
  }
  const indexWrite = sum(units.map(({ index }) => index));
  disagreements.push(...differing('the transaction', asLocalSumsUp(units), consumed));
  const write = 2 * sum(units.map(({ table }) => table)) + indexWrite;
  const partitionWrite = Math.max(...byPartition.values());
  return { operation: 'TransactWriteItems', read: 0, write, indexWrite, partitionWrite, disagreements };
}

async function putAlone(client: DynamoDBClient, table: string, item: Attributes): Promise<ItemUnits> {
  const put = new PutItemCommand({ TableName: table, Item: item, ReturnConsumedCapacity: 'INDEXES' });
  const { ConsumedCapacity: consumed } = await client.send(put);
  const index = consumed?.GlobalSecondaryIndexes?.[LAYOUT.index.name]?.CapacityUnits ?? 0;
  return { table: consumed?.Table?.CapacityUnits ?? 0, index };
}

function readUnits(operation: string, body: Body, output: Body): number {
  switch (operation) {
    case 'GetItem':
      return unitsToGet([output.Item], body.ConsistentRead ? 'strong' : 'eventual');
    case 'TransactGetItems':
      return unitsToGet(
        output.Responses.map(({ Item }: Body) => Item),
        'transactional',
      );
    case 'BatchGetItem':
      return sum(
        Object.entries<Body>(body.RequestItems).map(([table, { Keys, ConsistentRead }]) => {
          const items = Keys.map((_: unknown, position: number) => output.Responses[table][position]);
          return unitsToGet(items, ConsistentRead ? 'strong' : 'eventual');
        }),
      );
    case 'Query':
      return unitsToList(output.Items, body.ConsistentRead ? 'strong' : 'eventual');
    default:
      throw new Error(`the cost of ${operation} is not known`);
  }
}

function differing(what: string, computed: number, reported: number): string[] {
  return computed === reported ? [] : [`${what}: ${computed} units by the formula, ${reported} by DynamoDB Local`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
