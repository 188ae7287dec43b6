import type { Database } from 'better-sqlite3';
import { StoreSetupError } from '../store.ts';

/** Marks a file as ours, in SQLite's own header ("PLen"). */
const APPLICATION_ID = 0x504c656e;

/** One step for each version of the schema, from nothing to today's. A step that was released is never changed. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE item (
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
   CREATE INDEX item_by_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;`,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Refuses a file that this program must not touch. @throws UnfitStoreError */
export function refuseUnknown(database: Database, path: string): void {
  const version = schemaVersion(database);
  if (!isOurs(database, version)) {
    throw new StoreSetupError(`${path} is a SQLite file, but not of Private Lending. Name another file in STORE.`);
  }
  if (version > SCHEMA_VERSION) {
    throw new StoreSetupError(
      `${path} was written by a newer Private Lending (schema ${version}; this program knows ${SCHEMA_VERSION}). ` +
        'Start that version, or restore a backup from before it.',
    );
  }
}

/** Brings a store to today's schema, each step whole or not at all; refuses what it does not know. */
export function migrate(database: Database, path: string): void {
  if (schemaVersion(database) === SCHEMA_VERSION) return; // without waiting for others who write
  const migrateInside = database.transaction(() => {
    refuseUnknown(database, path);
    const version = schemaVersion(database);
    if (version === SCHEMA_VERSION) return; // others were faster
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  });
  migrateInside.immediate();
}

export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function isOurs(database: Database, version: number): boolean {
  if (database.pragma('application_id', { simple: true }) === APPLICATION_ID) return true;
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  return version === 0 && tables === 0;
}
