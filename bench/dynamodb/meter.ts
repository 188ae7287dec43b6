import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';
import type { Exchange, ProxyRule } from '../../server/src/testing/dynamodb/proxy.ts';
import { type Attributes, asLocalSumsUp, type ItemUnits, unitsToGet, unitsToList, unitsToPut } from './capacity.ts';

/*
 * Stands in the proxy: has DynamoDB Local tell what each request consumed, and works the same out by our own formula. Of a
 * whole transaction DynamoDB Local tells too little, so each item is also put alone into a second table, where it tells it right.
 */

export interface Metered {
  readonly operation: string;
  readonly read: number;
  readonly write: number;
  /** Those of the write units that are the index's. */
  readonly indexWrite: number;
  /** The most of the table's write units that fall on one partition key. */
  readonly partitionWrite: number;
  /** What the formula and DynamoDB Local disagree about, a line each. */
  readonly disagreements: readonly string[];
}

type Body = Exchange['request']['body'];

export interface Meter {
  readonly treatment: ProxyRule;
  /** What came since this was asked for last. */
  taken(): Metered[];
}

/** @param client and a table of its own, where items may be put alone */
export function makeMeter(client: DynamoDBClient, secondTable: string): Meter {
  /** Every item as it stands, since what a write costs depends on what it replaces. */
  const standing = new Map<string, Attributes>();
  let metered: Metered[] = [];
  return {
    async treatment({ request, forward, respond }) {
      const { operation, body } = request;
      const answer = await forward(JSON.stringify({ ...body, ReturnConsumedCapacity: 'INDEXES' }));
      if (answer.status !== 200) throw new Error(`${operation} was refused: ${answer.text}`);
      const { ConsumedCapacity, ...told } = JSON.parse(answer.text);
      const consumed = sum([ConsumedCapacity].flat().map(({ CapacityUnits }) => CapacityUnits));
      if (operation === 'TransactWriteItems') {
        metered.push(await meteredWrite(body, consumed, standing, (item) => putAlone(client, secondTable, item)));
      } else metered.push(meteredRead(operation, body, told, consumed));
      respond(answer);
    },
    taken() {
      const all = metered;
      metered = [];
      return all;
    },
  };
}

function meteredRead(operation: string, body: Body, told: Body, consumed: number): Metered {
  const read = readUnits(operation, body, told);
  return { operation, read, write: 0, indexWrite: 0, partitionWrite: 0, disagreements: differing(operation, read, consumed) };
}

async function meteredWrite(
  body: Body,
  consumed: number,
  standing: Map<string, Attributes>,
  putAlone: (item: Attributes) => Promise<ItemUnits>,
): Promise<Metered> {
  const disagreements: string[] = [];
  const units: ItemUnits[] = [];
  const byPartition = new Map<string, number>();
  for (const { Put } of body.TransactItems) {
    const partition = JSON.stringify(Put.Item[LAYOUT.partition]);
    const place = `${partition} ${JSON.stringify(Put.Item[LAYOUT.sort])}`;
    const own = unitsToPut(Put.Item, standing.get(place));
    const alone = await putAlone(Put.Item);
    standing.set(place, Put.Item);
    units.push(own);
    byPartition.set(partition, (byPartition.get(partition) ?? 0) + 2 * own.table);
    disagreements.push(
      ...differing(`${place} in the table`, own.table, alone.table),
      ...differing(`${place} in the index`, own.index, alone.index),
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
  const { ConsumedCapacity: told } = await client.send(put);
  const index = told?.GlobalSecondaryIndexes?.[LAYOUT.index.name]?.CapacityUnits ?? 0;
  return { table: told?.Table?.CapacityUnits ?? 0, index };
}

function readUnits(operation: string, body: Body, told: Body): number {
  switch (operation) {
    case 'GetItem':
      return unitsToGet([told.Item], body.ConsistentRead ? 'strong' : 'eventual');
    case 'TransactGetItems':
      return unitsToGet(
        told.Responses.map(({ Item }: Body) => Item),
        'transactional',
      );
    case 'BatchGetItem':
      return sum(
        Object.entries<Body>(body.RequestItems).map(([table, { Keys, ConsistentRead }]) => {
          const items = Keys.map((_: unknown, position: number) => told.Responses[table][position]);
          return unitsToGet(items, ConsistentRead ? 'strong' : 'eventual');
        }),
      );
    case 'Query':
      return unitsToList(told.Items, body.ConsistentRead ? 'strong' : 'eventual');
    default:
      throw new Error(`nobody has said what ${operation} costs`);
  }
}

function differing(what: string, computed: number, told: number): string[] {
  return computed === told ? [] : [`${what}: ${computed} units by the formula, ${told} by DynamoDB Local`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
