import Sqlite, { type Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openedSqlite, put, tempFile } from '../../testing/process/temp-store.ts';
import { commit } from '../contract/helpers.ts';
import { StoreSetupError } from '../store.ts';
import { openSqliteSource } from './bulk.ts';
import { openForWriting } from './connection.ts';
import { createSchema, formatOf } from './schema.ts';

/** As the program created it before format 3. */
const FORMAT_2 = `
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
  CREATE INDEX item_by_expiry ON item (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA application_id = ${0x504c656e};
  PRAGMA user_version = 2;`;

/** A store of format 2 with three items. */
function older(path: string): Database {
  const database = new Sqlite(path);
  onTestFinished(() => void database.close());
  database.pragma('journal_mode = WAL');
  database.exec(FORMAT_2);
  const insert = database.prepare('INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  insert.run('things', 'b', 7, 'second', '{"b":1}', 'address#ana@example.com', '5', null);
  insert.run('things', 'a', 1, 'first', '"a"', 'outbox#1', '3', null);
  insert.run('other', 'expiring', 1, 'third', '1', null, null, 1000);
  return database;
}

describe('a SQLite file of format 2', () => {
  it('is migrated with all that it has when it is opened', async () => {
    const path = tempFile();
    older(path).close();
    const store = openedSqlite(path, { clock: () => 0 });
    expect(await store.list({ partition: 'things', prefix: '', limit: 9 })).toEqual([
      { key: put('a', 0).key, version: 1, command: 'first', data: 'a' },
      { key: put('b', 0).key, version: 7, command: 'second', data: { b: 1 } },
    ]);
    expect(await store.listIndex({ partition: 'address#ana@example.com', limit: 9 })).toEqual([
      { key: put('b', 0).key, position: '5' },
    ]);
    expect(await store.listIndex({ partition: 'outbox#1', limit: 9 })).toEqual([{ key: put('a', 0).key, position: '3' }]);
    expect(await commit(store, put('b', 2, { expected: 7 }))).toEqual({ committed: true });
    const database = openForWriting(path);
    expect(database.prepare('SELECT partition, expires_at FROM item WHERE expires_at IS NOT NULL').all()).toEqual([
      { partition: 'other', expires_at: 1000 },
    ]);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('is as it was where the migration fails', () => {
    const path = tempFile();
    const database = older(path);
    database.pragma('ignore_check_constraints = 1');
    database.exec("UPDATE item SET version = 0 WHERE sort = 'a'");
    database.pragma('ignore_check_constraints = 0');
    expect(() => createSchema(database, path)).toThrow('CHECK constraint failed');
    expect(formatOf(database)).toBe(2);
    expect(database.prepare('SELECT count(*) FROM item').pluck().get()).toBe(3);
  });

  it('is not migrated by reading it for a copy, which says what to do', () => {
    const path = tempFile();
    const database = older(path);
    expect(() => openSqliteSource(path)).toThrow(StoreSetupError);
    expect(() => openSqliteSource(path)).toThrow('Run "lending init" once, which migrates it.');
    expect(formatOf(database)).toBe(2);
  });
});
