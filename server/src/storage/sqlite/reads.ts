import type { Database, Statement } from 'better-sqlite3';
import type { CommandId } from '../../domain/ids.ts';
import type { IndexRange, IndexRow, Item, Key, Range } from '../store.ts';

interface Row {
  readonly partition: string;
  readonly sort: string;
  readonly version: number;
  readonly command: CommandId;
  readonly data: string;
}

interface SqlIndexRow {
  readonly partition: string;
  readonly sort: string;
  readonly position: string;
}

const COLUMNS = 'partition, sort, version, command, data';

/** Behind every text that begins with a given prefix: no key holds this character. */
const LAST = '\u{10ffff}';

/** What, put behind a text, makes the very next one in byte order. */
const NEXT = '\0';

/** What is asked of the database, on whichever connection. SQLite compares text by its bytes. */
export class Reads {
  readonly #item: Statement<[string, string], Row>;
  readonly #version: Statement<[string, string], number>;
  readonly #range: Statement<[string, string, string, string, number], Row>;
  readonly #index: Readonly<Record<'ascending' | 'descending', Statement<[string, string, number], SqlIndexRow>>>;
  readonly #atOnce: (keys: readonly Key<unknown>[]) => (Row | undefined)[];

  constructor(database: Database) {
    this.#item = database.prepare(`SELECT ${COLUMNS} FROM item WHERE partition = ? AND sort = ?`);
    this.#version = database.prepare<[string, string], number>('SELECT version FROM item WHERE partition = ? AND sort = ?').pluck();
    this.#range = database.prepare(
      `SELECT ${COLUMNS} FROM item WHERE partition = ? AND sort >= max(?, ?) AND sort < ? ORDER BY sort LIMIT ?`,
    );
    const entries = 'SELECT partition, sort, index_sort AS position FROM item WHERE index_partition = ?';
    this.#index = {
      ascending: database.prepare(`${entries} AND index_sort > ? ORDER BY index_sort LIMIT ?`),
      descending: database.prepare(`${entries} AND index_sort < ? ORDER BY index_sort DESC LIMIT ?`),
    };
    this.#atOnce = database.transaction((keys: readonly Key<unknown>[]) =>
      keys.map(({ partition, sort }) => this.#item.get(partition, sort)),
    );
  }

  /** All as of one moment. */
  get<Data>(keys: readonly Key<Data>[]): (Item<Data> | undefined)[] {
    return this.#atOnce(keys).map((row) => row && toItem<Data>(row));
  }

  /** 0 for nothing. */
  versionAt({ partition, sort }: Key<unknown>): number {
    return this.#version.get(partition, sort) ?? 0;
  }

  one(key: Key<unknown>): Item<unknown> | undefined {
    const row = this.#item.get(key.partition, key.sort);
    return row && toItem(row);
  }

  list<Data>({ partition, prefix, after, limit }: Range<Data>): Item<Data>[] {
    const behind = after === undefined ? '' : after + NEXT;
    return this.#range.all(partition, prefix, behind, prefix + LAST, limit).map((row) => toItem<Data>(row));
  }

  listIndex({ partition, order = 'descending', after = order === 'descending' ? LAST : '', limit }: IndexRange): IndexRow[] {
    return this.#index[order].all(partition, after, limit).map(({ position, ...key }) => ({ key, position }));
  }
}

function toItem<Data>({ partition, sort, version, command, data }: Row): Item<Data> {
  return { key: { partition, sort }, version, command, data: JSON.parse(data) };
}
