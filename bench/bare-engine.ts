import Sqlite, { type Database } from 'better-sqlite3';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';

/* The rows of adding ten lenders, written by SQLite alone: without HTTP, rules and a queue. */

const ROWS_CHANGED = 2; // the loan and the hourly counter
/** Ten lenders and the event batch. */
const ROWS_ADDED = 11;
const BODY = 'x'.repeat(330);

export interface BareEngine {
  /** Commits for this time. @param grouped commits that share one fsync @returns commits a second */
  run(milliseconds: number, grouped: number): number;
  close(): Promise<void>;
}

/** @param rowsAdded by each commit */
export function openBareEngine(rowsAdded = ROWS_ADDED): BareEngine {
  const work = openWorkplace();
  const database = new Sqlite(work.path('bare.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(
    `CREATE TABLE item (partition TEXT, sort TEXT, version INTEGER, command TEXT, data TEXT, index_partition TEXT,
       index_sort TEXT, expires_at INTEGER, PRIMARY KEY (partition, sort)) STRICT, WITHOUT ROWID;
     CREATE INDEX item_by_index ON item (index_partition, index_sort) WHERE index_partition IS NOT NULL`,
  );
  let commits = 0;
  return {
    run(milliseconds, grouped) {
      const write = prepareTransaction(database, grouped, rowsAdded);
      const first = commits;
      const start = performance.now();
      while (performance.now() - start < milliseconds) {
        write(commits);
        commits += grouped;
      }
      return ((commits - first) * 1000) / (performance.now() - start);
    },
    async close() {
      database.close();
      await work.close();
    },
  };
}

function prepareTransaction(database: Database, grouped: number, rowsAdded: number): (commit: number) => void {
  const put = database.prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return database.transaction((first: number) => {
    for (let commit = first; commit < first + grouped; commit += 1) {
      const loan = `loan-${commit % 16}`;
      for (let row = 0; row < ROWS_CHANGED; row += 1) put.run(loan, `changed${row}`, commit, 'command', BODY, null, null, null);
      for (let row = 0; row < rowsAdded; row += 1) {
        const sort = `${commit}-${row}`;
        put.run(loan, sort, 1, 'command', BODY, `address-${sort}`, loan, null);
      }
    }
  }).immediate;
}
