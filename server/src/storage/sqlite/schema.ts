import type { Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';
import { requireFormat } from '../store-format.ts';

/** Marks a file as ours in SQLite's header ("PLen"). */
const APPLICATION_ID = 0x504c656e;

/** Version of the tables, in `user_version`. It had the number of the store format until that was 2. */
export const FILE_FORMAT = 3;

/** The format that is migrated when a store is opened to write. */
export const PREVIOUS_FORMAT = 2;

/*
 * A commit appends its new items to one end of `item`, and finds items through `item_by_key`. The index of the port is `entry`.
 * Scattered entries wait in `recent` until enough of them share a page of it: see `index-entries.ts`.
 */
const SCHEMA = `
  CREATE TABLE item (
    id              INTEGER PRIMARY KEY,
    partition       TEXT NOT NULL,
    sort            TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    command         TEXT NOT NULL,
    index_partition TEXT,
    index_sort      TEXT,
    expires_at      INTEGER,
    data            TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX item_by_key ON item (partition, sort);
  CREATE INDEX item_by_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE entry (
    partition TEXT NOT NULL,
    sort      TEXT NOT NULL,
    item      INTEGER NOT NULL,
    PRIMARY KEY (partition, sort, item)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE recent (
    id      INTEGER PRIMARY KEY,
    count   INTEGER NOT NULL,
    tags    TEXT NOT NULL,
    entries TEXT NOT NULL
  ) STRICT;`;

/** Format 2 had one table, clustered by key, and the index of the port as an index of it. */
const MIGRATION = `
  DROP INDEX item_by_index;
  DROP INDEX item_by_expiry;
  ALTER TABLE item RENAME TO previous_item;
  ${SCHEMA}
  INSERT INTO item (partition, sort, version, command, index_partition, index_sort, expires_at, data)
    SELECT partition, sort, version, command, index_partition, index_sort, expires_at, data
    FROM previous_item ORDER BY partition, sort;
  INSERT INTO entry SELECT index_partition, index_sort, id FROM item WHERE index_partition IS NOT NULL ORDER BY 1, 2, 3;
  DROP TABLE previous_item;`;

/** @throws StoreSetupError where the file belongs to another program or has a format that can't be migrated */
export function checkFile(database: Database, path: string): 'empty' | 'previous' | 'current' {
  const format = formatOf(database);
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (format === 0 && tables === 0) return 'empty';
  requireOwnFile(database, path);
  if (format === PREVIOUS_FORMAT) return 'previous';
  requireFormat(path, format, FILE_FORMAT);
  return 'current';
}

/** @throws StoreSetupError where the file belongs to another program */
export function requireOwnFile(database: Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) === APPLICATION_ID) return;
  throw new StoreSetupError(`${path} is a SQLite file, but not of Private Lending. Name another file in STORE.`);
}

/** Creates the tables, or migrates those of the previous format: all or nothing. @throws StoreSetupError as `checkFile` does */
export function createSchema(database: Database, path: string): void {
  if (formatOf(database) === FILE_FORMAT) return; // without waiting for other writers
  const create = database.transaction(() => {
    const found = checkFile(database, path);
    if (found === 'current') return; // another process was faster
    database.exec(found === 'empty' ? SCHEMA : MIGRATION);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${FILE_FORMAT}`);
  });
  create.immediate();
}

export function formatOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}
