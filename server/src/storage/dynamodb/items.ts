import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CommandId } from '../../domain/ids.ts';
import type { StoredItem } from '../bulk-store.ts';
import { EXPIRED_KEPT_MS, type IndexRow, type Item, type Key, type Put, toJson } from '../store.ts';
import { LAYOUT } from './layout.ts';

/* Conversions between items and DynamoDB's attributes. */

export type Attributes = Record<string, AttributeValue>;

/** An attribute as clients and streams return it; a stream's record has bytes in base64. */
interface ReturnedValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly B?: Uint8Array | string | undefined;
}

type ReturnedAttributes = Readonly<Record<string, ReturnedValue>>;

/** Smaller data is stored as text: DynamoDB bills a write by the kilobyte, so that compressing it would save nothing. */
const COMPRESSED_FROM_BYTES = 1000;

/** Of decompressed data: DynamoDB's 400 kB of an item could become 400 MB. Ours have less than 400 kB. */
const DATA_BYTES_MAX = 4_000_000;

export function toKeyAttributes({ partition, sort }: Key): Attributes {
  return { [LAYOUT.partition]: { S: partition }, [LAYOUT.sort]: { S: sort } };
}

/** The item that `put` creates. @throws TypeError where JSON has no form for its data */
export function storedItemOf(command: CommandId, { key, expected, data, index, expiresAt }: Put): StoredItem {
  return {
    key,
    version: expected + 1,
    command,
    text: toJson(data),
    ...(index && { index }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** @throws TypeError where the data is too large to be read again */
export function toAttributes({ key, version, command, text, index, expiresAt }: StoredItem): Attributes {
  return {
    ...toKeyAttributes(key),
    v: { N: String(version) },
    c: { S: command },
    d: toData(text),
    ...(index && { [LAYOUT.index.partition]: { S: index.partition }, [LAYOUT.index.sort]: { S: index.sort } }),
    ...(expiresAt !== undefined && {
      x: { N: String(expiresAt) },
      [LAYOUT.expiry]: { N: String(Math.ceil((expiresAt + EXPIRED_KEPT_MS) / 1000)) },
    }),
  };
}

/** @throws MalformedError where the attributes are not an item's */
export function toItem<Data>(attributes: ReturnedAttributes): Item<Data> {
  return {
    key: toKey(attributes),
    version: Number(textOf(attributes, 'v')),
    command: textOf(attributes, 'c') as CommandId, // written from one
    data: JSON.parse(dataOf(attributes)),
  };
}

/** @throws MalformedError where the attributes are not an item's */
export function toStoredItem(attributes: Attributes): StoredItem {
  const { index } = LAYOUT;
  return {
    key: toKey(attributes),
    version: Number(textOf(attributes, 'v')),
    command: textOf(attributes, 'c') as CommandId, // written from one
    text: dataOf(attributes),
    ...(attributes[index.partition] && {
      index: { partition: textOf(attributes, index.partition), sort: textOf(attributes, index.sort) },
    }),
    ...(attributes['x'] && { expiresAt: Number(textOf(attributes, 'x')) }),
  };
}

export function toIndexRow(attributes: Attributes): IndexRow {
  return { key: toKey(attributes), position: textOf(attributes, LAYOUT.index.sort) };
}

export function toKey<Data>(attributes: ReturnedAttributes): Key<Data> {
  return { partition: textOf(attributes, LAYOUT.partition), sort: textOf(attributes, LAYOUT.sort) };
}

/** A response that does not follow DynamoDB's protocol. */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedError';
  }
}

/** Requested where a valid response may otherwise be empty, to distinguish it from one that lost its body. */
export const WITH_CAPACITY = { ReturnConsumedCapacity: 'TOTAL' } as const;

/** @throws MalformedError where a response lacks its consumed capacity */
export function requireCapacity({ ConsumedCapacity }: { readonly ConsumedCapacity?: unknown }): void {
  if (ConsumedCapacity === undefined) throw new MalformedError('a response lacks its consumed capacity');
}

function toData(text: string): AttributeValue {
  const bytes = Buffer.byteLength(text);
  if (bytes > DATA_BYTES_MAX) throw new TypeError(`the data of an item has more than ${DATA_BYTES_MAX} bytes`);
  return bytes < COMPRESSED_FROM_BYTES ? { S: text } : { B: deflateRawSync(text) };
}

/** @throws MalformedError where the attributes have no data, or it can't be decompressed, or is too large */
function dataOf(attributes: ReturnedAttributes): string {
  const bytes = attributeOf(attributes, 'd')?.B;
  if (bytes === undefined) return textOf(attributes, 'd');
  try {
    const deflated = typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes;
    return inflateRawSync(deflated, { maxOutputLength: DATA_BYTES_MAX }).toString();
  } catch {
    throw new MalformedError('the data of an item can not be decompressed');
  }
}

function textOf(attributes: ReturnedAttributes, name: string): string {
  const value = attributeOf(attributes, name);
  const text = value?.S ?? value?.N;
  if (text === undefined) throw new MalformedError(`an item lacks "${name}"`);
  return text;
}

function attributeOf(attributes: ReturnedAttributes, name: string): ReturnedValue | undefined {
  return attributes[name];
}
