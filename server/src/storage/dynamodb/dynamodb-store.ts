import type { CommandId } from '../../domain/ids.ts';
import {
  type CommitResult,
  checkKeys,
  checkWrites,
  type IndexRange,
  type IndexRow,
  type Item,
  type Key,
  keyText,
  type Range,
  type Store,
  type Write,
} from '../store.ts';
import { Connection, type ConnectionOptions } from './client.ts';
import { batchGet, getItem, queryIndex, queryPartition } from './reads.ts';
import { transactGet, transactWrite } from './transactions.ts';

export type DynamoDbOptions = ConnectionOptions;

/**
 * A store in one DynamoDB table, laid out as `dynamodb/layout.ts` has it. Any number of processes may share it: every
 * commit checks what it found. Nothing is asked of DynamoDB before the first call.
 */
export function openDynamoDb(table: string, options: DynamoDbOptions = {}): Store {
  return new DynamoDbStore(table, new Connection(options));
}

class DynamoDbStore implements Store {
  readonly #table: string;
  readonly #connection: Connection;

  constructor(table: string, connection: Connection) {
    this.#table = table;
    this.#connection = connection;
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    const distinct = distinctOf(keys);
    const [only, ...others] = distinct.values();
    if (!only) return [];
    return this.#connection.track(async () => {
      const items =
        others.length === 0
          ? [await getItem(this.#connection, this.#table, only)]
          : await transactGet(this.#connection, this.#table, [only, ...others]);
      const found = new Map([...distinct.keys()].map((place, position) => [place, items[position]]));
      return keys.map((key) => found.get(keyText(key)));
    });
  }

  async batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    const found = new Map<string, Item<Data>>();
    return this.#connection.track(async () => {
      await batchGet(this.#connection, this.#table, [...distinctOf(keys).values()], (item) => found.set(keyText(item.key), item));
      return keys.map((key) => found.get(keyText(key)));
    });
  }

  async list<Data>(range: Range<Data>): Promise<Item<Data>[]> {
    return this.#connection.track(() => queryPartition(this.#connection, this.#table, range));
  }

  async listIndex(range: IndexRange): Promise<IndexRow[]> {
    return this.#connection.track(() => queryIndex(this.#connection, this.#table, range));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    return this.#connection.track(() => transactWrite(this.#connection, this.#table, command, writes));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** DynamoDB takes a key once only. */
function distinctOf<Data>(keys: readonly Key<Data>[]): Map<string, Key<Data>> {
  return new Map(keys.map((key) => [keyText(key), key]));
}
