import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { isScattered } from '../index-keys.ts';
import { type IndexRange, type IndexRow, type Key, LAST } from '../store.ts';

/*
 * The index of the port. Entries of partitions that have few of them each, such as an address, would each change another page of
 * the table. So those of a batch are appended as one row to `recent`, where a read finds them too. When there are many, they are
 * moved to `entry` in their order, so that a page takes several: some with each batch, as moving all would delay its commits.
 *
 * An entry counts only while its item names it, so one that waits needs no removal when its item changes.
 */

/** Waiting entries from which on they are moved. A read looks at the tags of all of them. @internal exported for tests */
export const RECENT_MAX = 20_000;
/** Entries that one batch moves. @internal exported for tests */
export const MOVED_MAX = 500;

type Entry = [partition: string, sort: string, item: number];

interface FoundRow extends Key {
  readonly position: string;
}

/** The entries to move, in the order of the index, and how many of them have been. */
interface Move {
  readonly entries: readonly Entry[];
  readonly upTo: number;
  done: number;
}

/** Writes the entries of items, within the transactions of its caller. */
export class EntryWriter {
  readonly #insert: Statement<Entry>;
  readonly #move: Statement<[...Entry, number, string, string]>;
  readonly #delete: Statement<Entry>;
  readonly #wait: Statement<[count: number, tags: string, entries: string]>;
  readonly #waiting: Statement<[], { readonly id: number; readonly entries: string }>;
  readonly #moved: Statement<[upTo: number]>;
  /** Of the transaction under way. */
  #added: Entry[] = [];
  #addedInAll: number;
  #moving: Move | undefined;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO entry VALUES (?, ?, ?)');
    this.#move = database.prepare(
      `INSERT OR IGNORE INTO entry SELECT ?, ?, ?
         WHERE EXISTS (SELECT 1 FROM item WHERE id = ? AND index_partition = ? AND index_sort = ?)`,
    );
    this.#delete = database.prepare('DELETE FROM entry WHERE partition = ? AND sort = ? AND item = ?');
    this.#wait = database.prepare('INSERT INTO recent (count, tags, entries) VALUES (?, ?, ?)');
    this.#waiting = database.prepare('SELECT id, entries FROM recent ORDER BY id');
    this.#moved = database.prepare('DELETE FROM recent WHERE id <= ?');
    this.#addedInAll = Number(database.prepare('SELECT total(count) FROM recent').pluck().get());
  }

  /** @param partition null where the item has no entry */
  add(item: number, partition: string | null, sort: string | null): void {
    if (partition === null || sort === null) return;
    if (isScattered(partition)) this.#added.push([partition, sort, item]);
    else this.#insert.run(partition, sort, item);
  }

  remove(item: number, partition: string | null, sort: string | null): void {
    if (partition !== null && sort !== null) this.#delete.run(partition, sort, item);
  }

  /** To be called at the start of a transaction: an earlier one may have failed. */
  begin(): void {
    this.#added = [];
  }

  /** To be called at the end of a transaction. @returns what to call once it is committed */
  end(): () => void {
    const added = this.#added;
    if (added.length > 0) {
      const tags = added.map(([partition]) => tagOf(partition)).join('');
      this.#wait.run(added.length, tags, JSON.stringify(added));
    }
    const move = this.#moving ?? (this.#addedInAll >= RECENT_MAX ? this.#startMove() : undefined);
    const moved = move?.entries.slice(move.done, move.done + MOVED_MAX) ?? [];
    for (const [partition, sort, item] of moved) this.#move.run(partition, sort, item, item, partition, sort);
    const isLast = move !== undefined && move.done + moved.length === move.entries.length;
    if (isLast) this.#moved.run(move.upTo);
    return () => {
      this.#addedInAll += added.length - (isLast ? move.entries.length : 0);
      if (move) move.done += moved.length;
      this.#moving = isLast ? undefined : move;
    };
  }

  /** Other processes may move the same entries at the same time. */
  #startMove(): Move {
    const rows = this.#waiting.all();
    const entries = rows.flatMap((row) => parse(row.entries));
    return { entries: entries.sort(inIndexOrder), upTo: rows.at(-1)?.id ?? 0, done: 0 };
  }
}

/** The prepared queries of the index, on one connection. */
export class EntryReader {
  readonly #entries: Readonly<Record<'ascending' | 'descending', Statement<[string, string, number], FoundRow>>>;
  readonly #recent: Statement<[string], string>;
  readonly #item: Statement<[number, string, string], FoundRow>;

  constructor(database: Database) {
    const found = 'item.partition, item.sort, item.index_sort AS position';
    const joined = `SELECT ${found} FROM entry CROSS JOIN item
       ON item.id = entry.item AND item.index_partition = entry.partition AND item.index_sort = entry.sort
       WHERE entry.partition = ?`;
    this.#entries = {
      ascending: database.prepare(`${joined} AND entry.sort > ? ORDER BY entry.sort LIMIT ?`),
      descending: database.prepare(`${joined} AND entry.sort < ? ORDER BY entry.sort DESC LIMIT ?`),
    };
    this.#recent = database.prepare<[string], string>('SELECT entries FROM recent WHERE instr(tags, ?) > 0').pluck();
    this.#item = database.prepare(`SELECT ${found} FROM item WHERE id = ? AND index_partition = ? AND index_sort = ?`);
  }

  list({ partition, order = 'descending', after = order === 'descending' ? LAST : '', limit }: IndexRange): IndexRow[] {
    // First those that wait: one that is moved between the two queries is then found twice, not never.
    const waiting = isScattered(partition) ? this.#waiting(partition) : [];
    const rows = this.#entries[order].all(partition, after, limit);
    if (waiting.length > 0) {
      const isAfter = ({ position }: FoundRow) => (order === 'ascending' ? position > after : position < after);
      const byKey = new Map(
        [...rows, ...waiting.filter(isAfter)].map((row) => [`${row.position}\n${row.partition}\n${row.sort}`, row]),
      );
      const sign = order === 'ascending' ? 1 : -1;
      rows.splice(0, rows.length, ...[...byKey.values()].sort((a, b) => sign * compare(a.position, b.position)).slice(0, limit));
    }
    return rows.map(({ position, ...key }) => ({ key, position }));
  }

  #waiting(partition: string): FoundRow[] {
    return this.#recent
      .all(tagOf(partition))
      .flatMap(parse)
      .filter((entry) => entry[0] === partition)
      .flatMap(([, sort, item]) => this.#item.get(item, partition, sort) ?? []);
  }
}

/** A short text that is found in the tags of a row which has an entry of the partition, and seldom in others. */
function tagOf(partition: string): string {
  return `.${crc32(partition).toString(36)}.`;
}

function parse(entries: string): Entry[] {
  return JSON.parse(entries);
}

function inIndexOrder(a: Entry, b: Entry): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
