import type { Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';
import { requireFormat, STORE_FORMAT } from '../store-format.ts';

/** Marks a file as ours in SQLite's header ("PLen"). */
const APPLICATION_ID = 0x504c656e;

const SCHEMA = `
  CREATE TABLE item (
    partition       TEXT NOT NULL,
    sort            TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    command         TEXT NOT NULL,
    data            TEXT NOT NULL,
    index_partition TEXT,
    index_sort      TEXT,
    expires_at      INTEGER,
    PRIMARY KEY (partition, sort)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX item_by_index ON item (index_partition, index_sort) WHERE index_partition IS NOT NULL;
  CREATE INDEX item_by_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;`;

/** @throws StoreSetupError where the file belongs to another program or has another format */
export function checkFile(database: Database, path: string): 'empty' | 'current' {
  const format = formatOf(database);
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (format === 0 && tables === 0) return 'empty';
  requireOwnFile(database, path);
  requireFormat(path, format);
  return 'current';
}

/** @throws StoreSetupError where the file belongs to another program */
export function requireOwnFile(database: Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) === APPLICATION_ID) return;
  throw new StoreSetupError(`${path} is a SQLite file, but not of Private Lending. Name another file in STORE.`);
}

/** @throws StoreSetupError as `checkFile` does */
export function createSchema(database: Database, path: string): void {
  if (formatOf(database) === STORE_FORMAT) return; // without waiting for other writers
  const create = database.transaction(() => {
    if (checkFile(database, path) === 'current') return; // another process was faster
    database.exec(SCHEMA);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${STORE_FORMAT}`);
  });
  create.immediate();
}

export function formatOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}
