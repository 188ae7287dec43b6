import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';

/*
 * DynamoDB's billed capacity, computed from item sizes by its published rules. A read unit is a strongly consistent
 * read of 4 KB, a write unit a write of 1 KB, rounded up for each item. Transactions double the cost on the table, not
 * in the index.
 */

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The cost of one put outside a transaction. */
export interface ItemUnits {
  readonly table: number;
  readonly index: number;
}

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;
const { partition, sort, index } = LAYOUT;
/** The attributes in the index. */
const PROJECTED: readonly string[] = [partition, sort, index.partition, index.sort];

/**
 * Bytes of names and values in UTF-8. A number takes one byte for two digits, and one more.
 * @internal exported for tests
 */
export function sizeOf(item: Attributes): number {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

function sizeOfValue({ S, N, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (B !== undefined) return Buffer.from(B as Uint8Array | string as string, 'base64').length; // a request has it in base64
  if (N !== undefined) return Math.ceil(N.replace(/^-|\.|0+$/g, '').length / 2) + 1;
  throw new TypeError('our items have texts, numbers and bytes only');
}

export type Consistency = 'eventual' | 'strong' | 'transactional';

const FACTOR: Readonly<Record<Consistency, number>> = { eventual: 0.5, strong: 1, transactional: 2 };

/** Items read by key, each rounded up; a missing one costs as much as a small one. */
export function unitsToGet(items: readonly (Attributes | undefined)[], consistency: Consistency): number {
  return items.reduce((units, item) => units + roundedUp(item ? sizeOf(item) : 0, READ_BYTES), 0) * FACTOR[consistency];
}

/** Items of a query, rounded up together. */
export function unitsToList(items: readonly Attributes[], consistency: Consistency): number {
  const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
  return roundedUp(bytes, READ_BYTES) * FACTOR[consistency];
}

/** Billed by the larger version. @param before the previous version */
export function unitsToPut(item: Attributes, before: Attributes | undefined): ItemUnits {
  const bytes = Math.max(sizeOf(item), before ? sizeOf(before) : 0);
  return { table: roundedUp(bytes, WRITE_BYTES), index: unitsInIndex(item, before) };
}

export function unitsToDelete(before: Attributes | undefined): ItemUnits {
  const entry = before && entryOf(before);
  return { table: before ? roundedUp(sizeOf(before), WRITE_BYTES) : 1, index: entry ? roundedUp(sizeOf(entry), WRITE_BYTES) : 0 };
}

/** A changed entry costs a delete and a put; an unchanged one costs nothing. */
function unitsInIndex(item: Attributes, before: Attributes | undefined): number {
  const [now, then] = [entryOf(item), before && entryOf(before)];
  if (JSON.stringify(now) === JSON.stringify(then)) return 0;
  return [now, then].reduce((units, entry) => units + (entry ? roundedUp(sizeOf(entry), WRITE_BYTES) : 0), 0);
}

function entryOf(item: Attributes): Attributes | undefined {
  if (item[index.partition] === undefined) return undefined;
  return Object.fromEntries(Object.entries(item).filter(([name]) => PROJECTED.includes(name)));
}

/**
 * Units of a transaction as DynamoDB Local 3.3 reports them: unlike AWS, it counts items of equal cost
 * once, and the index twice.
 */
export function asLocalSumsUp(items: readonly ItemUnits[]): number {
  const distinct = new Map(items.map((units) => [JSON.stringify(units), units]));
  return [...distinct.values()].reduce((sum, { table, index }) => sum + 2 * (table + index), 0);
}

function roundedUp(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}
