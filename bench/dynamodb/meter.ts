import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, PutItemCommand, type PutItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';
import type { Exchange, ProxyRule } from '../../server/src/testing/dynamodb/proxy.ts';
import { type Attributes, asLocalSumsUp, type ItemUnits, unitsToDelete, unitsToGet, unitsToList, unitsToPut } from './capacity.ts';

/*
 * A proxy rule that compares the capacity reported by DynamoDB Local for each request with our formula. For
 * transactions the report is wrong (see `asLocalSumsUp`), so each item is also put alone into a second table, where it
 * is right.
 */

export interface Metered {
  readonly operation: string;
  readonly read: number;
  readonly write: number;
  /** Write units of the index. */
  readonly indexWrite: number;
  /** The table's write units on the busiest partition key. */
  readonly partitionWrite: number;
  /** Write units by kind of item: the sort key up to its first `#`. */
  readonly written: Readonly<Record<string, number>>;
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
      // Of a batch of statements DynamoDB Local reports nothing.
      const consumed = ConsumedCapacity && sum([ConsumedCapacity].flat().map(({ CapacityUnits }) => CapacityUnits));
      const writes = writesOf(operation, body);
      metered.push(
        writes
          ? await meteredWrite(operation, writes, consumed, items, secondTable, client)
          : meteredRead(operation, body, output, consumed),
      );
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
  // Of a batch, DynamoDB Local does not count the missing items, which DynamoDB bills like small ones.
  const counted = operation === 'BatchGetItem' ? read - missingUnits(body, output) : read;
  const disagreements = differing(operation, counted, consumed);
  return { operation, read, write: 0, indexWrite: 0, partitionWrite: 0, written: {}, disagreements };
}

function missingUnits(body: Body, output: Body): number {
  return sum(
    Object.entries<Body>(body.RequestItems).map(([table, { Keys, ConsistentRead }]) => {
      const missing = Array.from({ length: Keys.length - output.Responses[table].length }, () => undefined);
      return unitsToGet(missing, ConsistentRead ? 'strong' : 'eventual');
    }),
  );
}

/** A put of an item, or a delete of the one with the key. */
interface ItemWrite {
  readonly key: Attributes;
  readonly item?: Attributes;
}

/** @returns undefined for other operations */
function writesOf(operation: string, body: Body): ItemWrite[] | undefined {
  const actions = actionsOf(operation, body);
  return actions?.map(({ Item, Key }: Body) => ({ key: keyIn(Item ?? Key), ...(Item && { item: Item }) }));
}

function actionsOf(operation: string, body: Body): Body[] | undefined {
  switch (operation) {
    case 'TransactWriteItems':
      return body.TransactItems.map(({ Put, Delete }: Body) => Put ?? Delete);
    case 'BatchExecuteStatement':
      return body.Statements.map(actionOfStatement);
    default:
      return undefined;
  }
}

/** The action of a PartiQL statement. An update names all attributes of the new version. */
function actionOfStatement({ Statement, Parameters }: Body): Body {
  const names = [...Statement.matchAll(/'(\w+)': \?|SET "(\w+)" = \?/g)].map(([, inserted, set]) => inserted ?? set);
  const values = Object.fromEntries(names.map((name, index) => [name, Parameters[index]]));
  if (Statement.startsWith('INSERT')) return { Item: values };
  const [partition, sort] = Parameters.slice(names.length);
  const key = { [LAYOUT.partition]: partition, [LAYOUT.sort]: sort };
  return Statement.startsWith('DELETE') ? { Key: key } : { Item: { ...key, ...values } };
}

function keyIn(attributes: Attributes): Attributes {
  const { partition, sort } = LAYOUT;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name === partition || name === sort));
}

async function meteredWrite(
  operation: string,
  writes: readonly ItemWrite[],
  consumed: number | undefined,
  items: Map<string, Attributes>,
  secondTable: string,
  client: DynamoDBClient,
): Promise<Metered> {
  const disagreements: string[] = [];
  const units: ItemUnits[] = [];
  const byPartition = new Map<string, number>();
  const written: Record<string, number> = {};
  const isTransaction = operation === 'TransactWriteItems';
  const factor = isTransaction ? 2 : 1;
  for (const { key, item } of writes) {
    const partition = JSON.stringify(key[LAYOUT.partition]);
    const text = `${partition} ${JSON.stringify(key[LAYOUT.sort])}`;
    const before = items.get(text);
    const own = item ? unitsToPut(item, before) : unitsToDelete(before);
    const alone = await (item ? putAlone(client, secondTable, item) : deleteAlone(client, secondTable, key));
    if (item) items.set(text, item);
    else items.delete(text);
    units.push(own);
    byPartition.set(partition, (byPartition.get(partition) ?? 0) + factor * own.table);
    const kind = key[LAYOUT.sort]?.S?.split('#')[0] ?? '';
    written[kind] = (written[kind] ?? 0) + factor * own.table + own.index;
    disagreements.push(
      ...differing(`${text} in the table`, own.table, alone.table),
      ...differing(`${text} in the index`, own.index, alone.index),
    );
  }
  const indexWrite = sum(units.map(({ index }) => index));
  const write = factor * sum(units.map(({ table }) => table)) + indexWrite;
  if (consumed !== undefined) disagreements.push(...differing(operation, isTransaction ? asLocalSumsUp(units) : write, consumed));
  return { operation, read: 0, write, indexWrite, partitionWrite: Math.max(...byPartition.values()), written, disagreements };
}

async function putAlone(client: DynamoDBClient, table: string, item: Attributes): Promise<ItemUnits> {
  return unitsIn(await client.send(new PutItemCommand({ TableName: table, Item: item, ReturnConsumedCapacity: 'INDEXES' })));
}

async function deleteAlone(client: DynamoDBClient, table: string, key: Attributes): Promise<ItemUnits> {
  return unitsIn(await client.send(new DeleteItemCommand({ TableName: table, Key: key, ReturnConsumedCapacity: 'INDEXES' })));
}

function unitsIn({ ConsumedCapacity: consumed }: PutItemCommandOutput): ItemUnits {
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
