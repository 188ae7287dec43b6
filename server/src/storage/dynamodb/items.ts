import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CommandId } from '../../domain/ids.ts';
import type { StoredItem } from '../bulk-store.ts';
import { EXPIRED_KEPT_MS, type IndexRow, type Item, type Key, type Put, toJson } from '../store.ts';
import { LAYOUT } from './layout.ts';

/* Conversions between items and DynamoDB's attributes. */

export type Attributes = Record<string, AttributeValue>;

/** Attributes as clients and streams return them; ours are texts and numbers. */
type ReturnedAttributes = Readonly<Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>>;

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

export function toAttributes({ key, version, command, text, index, expiresAt }: StoredItem): Attributes {
  return {
    ...toKeyAttributes(key),
    v: { N: String(version) },
    c: { S: command },
    d: { S: text },
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
    data: JSON.parse(textOf(attributes, 'd')),
  };
}

/** @throws MalformedError where the attributes are not an item's */
export function toStoredItem(attributes: Attributes): StoredItem {
  const { index } = LAYOUT;
  return {
    key: toKey(attributes),
    version: Number(textOf(attributes, 'v')),
    command: textOf(attributes, 'c') as CommandId, // written from one
    text: textOf(attributes, 'd'),
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

/** Requested where a valid response may otherwise be empty, to distinguish it from one that lost its body on the way. */
export const WITH_CAPACITY = { ReturnConsumedCapacity: 'TOTAL' } as const;

/** @throws MalformedError where a response lacks its consumed capacity */
export function requireCapacity({ ConsumedCapacity }: { readonly ConsumedCapacity?: unknown }): void {
  if (ConsumedCapacity === undefined) throw new MalformedError('a response lacks its consumed capacity');
}

function textOf(attributes: ReturnedAttributes, name: string): string {
  const value = attributes[name];
  const text = value?.S ?? value?.N;
  if (text === undefined) throw new MalformedError(`an item lacks "${name}"`);
  return text;
}
