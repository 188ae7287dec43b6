import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { LAYOUT } from '../../server/src/storage/dynamodb/layout.ts';

/*
 * What DynamoDB bills, by its published rules and from the sizes of items alone. A read unit is a strongly consistent read of
 * 4 KB, a write unit a write of 1 KB; an item's units are rounded up before anything else. Transactions cost twice as much
 * on the table; what follows in an index is billed once.
 */

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What writing one item alone costs; in a transaction, the table's part counts twice. */
export interface ItemUnits {
  readonly table: number;
  readonly index: number;
}

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;
const { partition, sort, index } = LAYOUT;
/** What the index keeps of an item. */
const PROJECTED: readonly string[] = [partition, sort, index.partition, index.sort];

/**
 * The bytes of names and values in UTF-8. A number takes a byte for two of its digits, and one more.
 * @internal exported for tests
 */
export function sizeOf(item: Attributes): number {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

function sizeOfValue({ S, N }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/^-|\.|0+$/g, '').length / 2) + 1;
  throw new TypeError('our items have texts and numbers only');
}

export type Consistency = 'eventual' | 'strong' | 'transactional';

const FACTOR: Readonly<Record<Consistency, number>> = { eventual: 0.5, strong: 1, transactional: 2 };

/** Items asked for by their keys, each rounded up by itself; one that is not there counts as a small one. */
export function unitsToGet(items: readonly (Attributes | undefined)[], consistency: Consistency): number {
  return items.reduce((units, item) => units + roundedUp(item ? sizeOf(item) : 0, READ_BYTES), 0) * FACTOR[consistency];
}

/** Items of a range, rounded up together. */
export function unitsToList(items: readonly Attributes[], consistency: Consistency): number {
  const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
  return roundedUp(bytes, READ_BYTES) * FACTOR[consistency];
}

/** Billed by the larger of its two states. @param before what stood there */
export function unitsToPut(item: Attributes, before: Attributes | undefined): ItemUnits {
  const bytes = Math.max(sizeOf(item), before ? sizeOf(before) : 0);
  return { table: roundedUp(bytes, WRITE_BYTES), index: unitsInIndex(item, before) };
}

/** An entry that moves is taken away in one place and put in another; one that stays as it is costs nothing. */
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
 * What DynamoDB Local 3.3 tells of a transaction. It counts items of equal cost once, and the index twice; AWS does neither.
 */
export function asLocalSumsUp(items: readonly ItemUnits[]): number {
  const distinct = new Map(items.map((units) => [JSON.stringify(units), units]));
  return [...distinct.values()].reduce((sum, { table, index }) => sum + 2 * (table + index), 0);
}

function roundedUp(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}
