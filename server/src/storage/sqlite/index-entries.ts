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

/**
 * Waiting entries from which on they are moved. A read scans their tags, 8 bytes each; to sort them delays a batch by some tens of
 * milliseconds.
 * @internal exported for tests
 */
export const RECENT_MAX = 50_000;
/** Entries that one batch moves. @internal exported for tests */
export const MOVED_MAX = 500;

type Entry = [partition: string, sort: string, item: number];

/** An entry as a line of `recent`: its members with tabs between them, so that lines sort almost as entries do. */
type Line = string;

interface FoundRow extends Key {
  readonly position: string;
}

/** The entries to move, in the order of the index, and how many of them have been. */
interface Move {
  readonly lines: readonly Line[];
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
  readonly #count: Statement<[], number>;
  readonly #dropMoved: Statement<[upTo: number]>;
  readonly #emptyLast: Statement<[upTo: number]>;
  /** Of the transaction under way. */
  #added: Line[] = [];
  #tags = '';
  /** Other processes may have moved some of them. */
  #waitingMost: number;
  #moving: Move | undefined;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO entry VALUES (?, ?, ?)');
    this.#move = database.prepare(
      `INSERT OR IGNORE INTO entry SELECT ?, ?, ?
         WHERE EXISTS (SELECT 1 FROM item WHERE id = ? AND index_partition = ? AND index_sort = ?)`,
    );
    this.#delete = database.prepare('DELETE FROM entry WHERE partition = ? AND sort = ? AND item = ?');
    this.#wait = database.prepare('INSERT INTO recent (count, tags, entries) VALUES (?, ?, ?)');
    this.#waiting = database.prepare('SELECT id, entries FROM recent WHERE count > 0 ORDER BY id');
    // The last row is kept, empty, so that no later one gets its number: another process that moves the same rows would delete it.
    this.#dropMoved = database.prepare('DELETE FROM recent WHERE id < ?');
    this.#emptyLast = database.prepare("UPDATE recent SET count = 0, tags = '', entries = '' WHERE id = ?");
    this.#count = database.prepare<[], number>('SELECT coalesce(sum(count), 0) FROM recent').pluck();
    this.#waitingMost = this.#count.get() ?? 0;
  }

  /** @param partition null where the item has no entry */
  add(item: number, partition: string | null, sort: string | null): void {
    if (partition === null || sort === null) return;
    if (!isScattered(partition) || partition.includes('\t') || sort.includes('\t')) {
      this.#insert.run(partition, sort, item);
      return;
    }
    this.#added.push(`${partition}\t${sort}\t${item}`);
    this.#tags += tagOf(partition);
  }

  remove(item: number, partition: string | null, sort: string | null): void {
    if (partition !== null && sort !== null) this.#delete.run(partition, sort, item);
  }

  /** To be called at the start of a transaction: an earlier one may have failed. */
  begin(): void {
    this.#added = [];
    this.#tags = '';
  }

  /** To be called at the end of a transaction. @returns what to call once it is committed */
  end(): () => void {
    const added = this.#added;
    if (added.length > 0) this.#wait.run(added.length, this.#tags, added.join('\n'));
    const move = this.#moving ?? this.#startMove();
    const moved = move?.lines.slice(move.done, move.done + MOVED_MAX).map(toEntry) ?? [];
    for (const [partition, sort, item] of moved) this.#move.run(partition, sort, item, item, partition, sort);
    const isLast = move !== undefined && move.done + moved.length === move.lines.length;
    if (isLast) {
      this.#dropMoved.run(move.upTo);
      this.#emptyLast.run(move.upTo);
    }
    return () => {
      this.#waitingMost += added.length - (isLast ? move.lines.length : 0);
      if (move) move.done += moved.length;
      this.#moving = isLast ? undefined : move;
    };
  }

  /** Other processes may move the same entries at the same time. @returns undefined where few wait */
  #startMove(): Move | undefined {
    if (this.#waitingMost < RECENT_MAX) return undefined;
    this.#waitingMost = this.#count.get() ?? 0;
    if (this.#waitingMost < RECENT_MAX) return undefined;
    const rows = this.#waiting.all();
    return { lines: rows.flatMap(({ entries }) => entries.split('\n')).sort(), upTo: rows.at(-1)?.id ?? 0, done: 0 };
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
      .flatMap((entries) => entries.split('\n'))
      .filter((line) => line.startsWith(`${partition}\t`))
      .map(toEntry)
      .flatMap(([, sort, item]) => this.#item.get(item, partition, sort) ?? []);
  }
}

/** A short text that is found in the tags of a row which has an entry of the partition, and seldom in others. */
function tagOf(partition: string): string {
  return `.${crc32(partition).toString(36)}.`;
}

function toEntry(line: Line): Entry {
  const [partition = '', sort = '', item] = line.split('\t');
  return [partition, sort, Number(item)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
