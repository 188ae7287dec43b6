import { copyFileSync, statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseEmail } from '../../domain/email.ts';
import { openedSqlite, otherProcess, put, tempFile } from '../../testing/process/temp-store.ts';
import { commit } from '../contract/helpers.ts';
import { dueShards, lenderIndex } from '../index-keys.ts';
import { StoreSetupError } from '../store.ts';
import { openSqliteSource } from './bulk.ts';
import { openForWriting } from './connection.ts';
import { migrateFile } from './prepare-file.ts';
import { createSchema, FILE_FORMAT, formatOf } from './schema.ts';

const email = parseEmail('ana@example.com');
if (!email) throw new TypeError('no address');
const OF_ANA = lenderIndex({ email });
const [SHARD = ''] = dueShards('outbox');

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
  insert.run('things', 'b', 7, 'second', '{"b":1}', OF_ANA, '5', null);
  insert.run('things', 'a', 1, 'first', '"a"', SHARD, '3', null);
  insert.run('other', 'expiring', 1, 'third', '1', null, null, 1000);
  return database;
}

/** What a crash now would leave. */
function crashedCopy(path: string): string {
  const copy = tempFile();
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix);
  return copy;
}

function itemsIn(path: string): unknown[] {
  const database = new Sqlite(path);
  const items = database.prepare('SELECT * FROM item ORDER BY partition, sort').all();
  database.close();
  return items.map((item) => ({ ...(item as object), id: undefined }));
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
    expect(await store.listIndex({ partition: OF_ANA, limit: 9 })).toEqual([{ key: put('b', 0).key, position: '5' }]);
    expect(await store.listIndex({ partition: SHARD, limit: 9 })).toEqual([{ key: put('a', 0).key, position: '3' }]);
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

  it('is as it was after a crash in the middle of the migration, and is migrated then', () => {
    const path = tempFile();
    const database = older(path);
    const insert = database.prepare("INSERT INTO item VALUES ('many', ?, 1, 'c', ?, ?, '1', NULL)");
    for (let index = 0; index < 200; index += 1) insert.run(`${index}`, JSON.stringify('x'.repeat(1000)), `${OF_ANA}${index}`);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.pragma('cache_size = 10'); // so that pages are in the log before the commit
    const before = itemsIn(path);
    let crashed = '';
    const pragma = database.pragma.bind(database);
    vi.spyOn(database, 'pragma').mockImplementation((source, options) => {
      if (source === `user_version = ${FILE_FORMAT}`) crashed = crashedCopy(path);
      return pragma(source, options);
    });
    createSchema(database, path);
    expect(statSync(`${crashed}-wal`).size).toBeGreaterThan(200_000);
    const recovered = new Sqlite(crashed);
    expect([formatOf(recovered), recovered.prepare('SELECT count(*) FROM item').pluck().get()]).toEqual([2, 203]);
    recovered.close();
    openForWriting(crashed).close();
    expect(itemsIn(crashed)).toEqual(before);
    expect(itemsIn(path)).toEqual(before);
  });

  it('is migrated with all that is only in its log', () => {
    const path = tempFile();
    older(path).pragma('wal_checkpoint(TRUNCATE)');
    const database = new Sqlite(path);
    database.pragma('wal_autocheckpoint = 0');
    const insert = database.prepare("INSERT INTO item VALUES ('many', ?, 1, 'c', ?, ?, '1', NULL)");
    for (let index = 0; index < 1000; index += 1) insert.run(`${index}`, JSON.stringify('x'.repeat(1000)), `${OF_ANA}${index}`);
    const crashed = crashedCopy(path);
    database.close();
    expect(statSync(`${crashed}-wal`).size).toBeGreaterThan(4_000_000);
    openForWriting(crashed).close();
    const migrated = new Sqlite(crashed, { readonly: true });
    const counts = ['item', 'entry'].map((table) => migrated.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    migrated.close();
    expect(counts).toEqual([1003, 1002]);
  });

  it('is migrated in another thread, with a line before and after', async () => {
    const path = tempFile();
    older(path).close();
    const lines: string[] = [];
    await migrateFile(path, (line) => lines.push(line));
    expect(lines).toEqual([
      'the store was written by an older program: migrating the file, 1 MB, before it is used',
      expect.stringMatching(/^the file is migrated, in \d+ s$/),
    ]);
    const database = new Sqlite(path, { readonly: true });
    expect(formatOf(database)).toBe(FILE_FORMAT);
    database.close();
    await migrateFile(path, (line) => lines.push(line));
    expect(lines).toHaveLength(2);
  });

  it('is not opened while another process holds it for long, with an error that says so', async () => {
    const path = tempFile();
    older(path).close();
    const other = otherProcess('hold', path);
    await other.waitForLine('held');
    expect(() => openForWriting(path, { timeout: 1 })).toThrow('is locked by another process, which may be migrating it');
    const migrated = migrateFile(path, () => {});
    other.release();
    await migrated;
    const database = new Sqlite(path, { readonly: true });
    expect(formatOf(database)).toBe(FILE_FORMAT);
    database.close();
  });
});
