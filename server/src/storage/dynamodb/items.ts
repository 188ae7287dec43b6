import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CommandId } from '../../domain/ids.ts';
import type { ItemKey, StoredItem } from '../bulk-store.ts';
import { type IndexRow, type Item, type Key, type Put, toJson } from '../store.ts';
import { LAYOUT } from './layout.ts';

/* Items as DynamoDB has them, and back. */

export type Attributes = Record<string, AttributeValue>;

/** Attributes as any way out of DynamoDB tells them, its streams included; ours are texts and numbers. */
type Told = Readonly<Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>>;

/** How long an expired item stays, lest two clocks disagree about it. */
const EXPIRED_KEPT_MS = 3_600_000;

export function toKeyAttributes({ partition, sort }: Key<unknown>): Attributes {
  return { [LAYOUT.partition]: { S: partition }, [LAYOUT.sort]: { S: sort } };
}

/** The item as it stands once `write` is done. @throws TypeError where JSON can't tell its data */
export function storedItemOf(command: CommandId, { key, expected, data, index, expiresAt }: Put): StoredItem {
  return {
    ...{ key, version: expected + 1, command, text: toJson(data) },
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
export function toItem<Data>(attributes: Told): Item<Data> {
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

export function toKey(attributes: Told): ItemKey {
  return { partition: textOf(attributes, LAYOUT.partition), sort: textOf(attributes, LAYOUT.sort) };
}

/** An answer of the database that is not as its protocol has it. */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedError';
  }
}

/** Asked for where an answer may say nothing else, lest one that lost its text on the way is taken for one. */
export const WITH_CONSUMED_CAPACITY = { ReturnConsumedCapacity: 'TOTAL' } as const;

/** @throws MalformedError where an answer does not tell its costs */
export function requireConsumedCapacity({ ConsumedCapacity }: { readonly ConsumedCapacity?: unknown }): void {
  if (ConsumedCapacity === undefined) throw new MalformedError('an answer came without its costs');
}

function textOf(attributes: Told, name: string): string {
  const value = attributes[name];
  const text = value?.S ?? value?.N;
  if (text === undefined) throw new MalformedError(`an item came without "${name}"`);
  return text;
}
