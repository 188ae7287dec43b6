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
import { type ConnectionOptions, DynamoDbConnection } from './client.ts';
import { batchGet, getItem, queryIndex, queryPartition } from './reads.ts';
import { writeSeparately } from './separate-writes.ts';
import { transactGet, transactWrite } from './transactions.ts';

export type DynamoDbOptions = ConnectionOptions;

/** A store in one DynamoDB table, which any number of processes may share. Opening it sends no request. */
export function openDynamoDb(table: string, options: DynamoDbOptions = {}): Store {
  return new DynamoDbStore(table, new DynamoDbConnection(options));
}

class DynamoDbStore implements Store {
  readonly #table: string;
  readonly #connection: DynamoDbConnection;

  constructor(table: string, connection: DynamoDbConnection) {
    this.#table = table;
    this.#connection = connection;
  }

  async get<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.#read(keys, async (distinct) => {
      const [only, ...others] = distinct;
      if (!only) return [];
      return others.length === 0
        ? [await getItem(this.#connection, this.#table, only)]
        : transactGet(this.#connection, this.#table, distinct);
    });
  }

  async batchGet<Data>(keys: readonly Key<Data>[]): Promise<(Item<Data> | undefined)[]> {
    return this.#read(keys, (distinct) => batchGet(this.#connection, this.#table, distinct));
  }

  async list<Data>(range: Range<Data>): Promise<Item<Data>[]> {
    return this.#connection.track(() => queryPartition(this.#connection, this.#table, range));
  }

  async listIndex(range: IndexRange): Promise<IndexRow[]> {
    return this.#connection.track(() => queryIndex(this.#connection, this.#table, range));
  }

  async commit(command: CommandId, writes: readonly Write[]): Promise<CommitResult> {
    checkWrites(writes);
    const joint = writes.filter(({ isSeparate }) => !isSeparate);
    return this.#connection.track(async () => {
      if (joint.length > 0) {
        const result = await transactWrite(this.#connection, this.#table, command, joint);
        if (joint.length === writes.length || !result.committed) return withPositions(result, joint, writes);
      }
      const separate = writes.filter(({ isSeparate }) => isSeparate);
      return withPositions(await writeSeparately(this.#connection, this.#table, command, separate), separate, writes);
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** DynamoDB rejects a key that is named twice. */
  async #read<Data>(
    keys: readonly Key<Data>[],
    read: (distinct: readonly Key<Data>[]) => Promise<(Item<Data> | undefined)[]>,
  ): Promise<(Item<Data> | undefined)[]> {
    checkKeys(keys);
    const distinct = new Map(keys.map((key) => [keyText(key), key]));
    return this.#connection.track(async () => {
      const found = new Map<string, Item<Data>>();
      for (const item of await read([...distinct.values()])) if (item) found.set(keyText(item.key), item);
      return keys.map((key) => found.get(keyText(key)));
    });
  }
}

/** @returns the result of some of the writes by their position in all of them */
function withPositions(result: CommitResult, some: readonly Write[], all: readonly Write[]): CommitResult {
  if (result.committed || some.length === all.length) return result;
  const positions = some.map((write) => all.indexOf(write));
  return { committed: false, current: new Map([...result.current].map(([index, item]) => [positions[index] ?? index, item])) };
}
