import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import { type IndexRange, type IndexRow, type Item, type Key, LAST, NEXT, type Range } from '../store.ts';
import { EntryReader } from './index-entries.ts';

export interface SqlItemRow extends Key {
  readonly version: number;
  readonly command: CommandId;
  readonly data: string;
}

const COLUMNS = 'partition, sort, version, command, data';

/** The prepared queries of one connection. SQLite compares texts by their bytes. */
export class Reads {
  readonly #item: Statement<[string, string], SqlItemRow>;
  readonly #version: Statement<[string, string], number>;
  readonly #range: Statement<[string, string, string, string, number], SqlItemRow>;
  readonly #entries: EntryReader;
  readonly #items: (keys: readonly Key[]) => (SqlItemRow | undefined)[];

  constructor(database: Database) {
    this.#item = database.prepare(`SELECT ${COLUMNS} FROM item WHERE partition = ? AND sort = ?`);
    this.#version = database.prepare<[string, string], number>('SELECT version FROM item WHERE partition = ? AND sort = ?').pluck();
    this.#range = database.prepare(
      `SELECT ${COLUMNS} FROM item WHERE partition = ? AND sort >= max(?, ?) AND sort < ? ORDER BY sort LIMIT ?`,
    );
    this.#entries = new EntryReader(database);
    this.#items = database.transaction((keys: readonly Key[]) =>
      keys.map(({ partition, sort }) => this.#item.get(partition, sort)),
    );
  }

  /** All as of one moment. */
  get<Data>(keys: readonly Key<Data>[]): (Item<Data> | undefined)[] {
    return this.#items(keys).map((row) => row && toItem<Data>(row));
  }

  /** 0 where there is no item. */
  versionAt({ partition, sort }: Key): number {
    return this.#version.get(partition, sort) ?? 0;
  }

  one(key: Key): Item<unknown> | undefined {
    const row = this.#item.get(key.partition, key.sort);
    return row && toItem(row);
  }

  list<Data>({ partition, prefix, after, limit }: Range<Data>): Item<Data>[] {
    const from = after === undefined ? '' : after + NEXT;
    return this.#range.all(partition, prefix, from, prefix + LAST, limit).map((row) => toItem<Data>(row));
  }

  listIndex(range: IndexRange): IndexRow[] {
    return this.#entries.list(range);
  }
}

function toItem<Data>({ partition, sort, version, command, data }: SqlItemRow): Item<Data> {
  return { key: { partition, sort }, version, command, data: JSON.parse(data) };
}
