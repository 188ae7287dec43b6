import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openedSqlite, put, tempFile } from '../../testing/process/temp-store.ts';
import { command, commit } from '../contract/helpers.ts';
import { storeContract } from '../contract/store-contract.ts';
import { openForReading, openForWriting } from './connection.ts';
import { openSqlite } from './sqlite-store.ts';

storeContract('in a SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lending-'));
  return {
    store: openSqlite(join(folder, 'lending.db')),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
});

storeContract('of SQLite in memory', async () => ({ store: openSqlite(':memory:') }));

describe('a SQLite file', () => {
  it('a reopened store has all items and index entries', async () => {
    const path = tempFile();
    const before = openedSqlite(path);
    const index = { partition: 'people', sort: '1' };
    await before.commit(command('first'), [put('a', { name: 'Ana' }, { index }), put('b', 'B')]);
    await before.commit(command('second'), [put('b', 'B2', { expected: 1 })]);
    await before.close();
    const after = openedSqlite(path);
    expect(await after.list({ partition: 'things', prefix: '', limit: 10 })).toEqual([
      { key: put('a', 0).key, version: 1, command: 'first', data: { name: 'Ana' } },
      { key: put('b', 0).key, version: 2, command: 'second', data: 'B2' },
    ]);
    expect(await after.listIndex({ partition: 'people', limit: 10 })).toEqual([{ key: put('a', 0).key, position: '1' }]);
  });

  it('a closed store has all commits that it accepted', async () => {
    const path = tempFile();
    const before = openedSqlite(path);
    const accepted = Array.from({ length: 300 }, (_, index) => commit(before, put(`${index}`.padStart(3, '0'), index)));
    await before.close();
    await Promise.all(accepted);
    const items = await openedSqlite(path).list({ partition: 'things', prefix: '', limit: 1000 });
    expect(items.map(({ data }) => data)).toEqual(accepted.map((_, index) => index));
  });

  it('creates a store with its folder', async () => {
    const path = join(tempFile('some'), 'where', 'lending.db');
    expect(await commit(openedSqlite(path), put('a', 1))).toEqual({ committed: true });
    expect(existsSync(path)).toBe(true);
  });

  it('uses a write-ahead log that is synced with each batch', () => {
    const database = openForWriting(tempFile());
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2); // FULL
    database.close();
  });

  it('leaves no log when the store is closed', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await commit(store, put('a', 1));
    expect(existsSync(`${path}-wal`)).toBe(true);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(existsSync(`${path}-shm`)).toBe(false);
    expect(existsSync(path)).toBe(true);
  });

  it('keeps its log while another store has it open', async () => {
    const path = tempFile();
    const [first, second] = [openedSqlite(path), openedSqlite(path)];
    await commit(first, put('a', 1));
    await first.close();
    expect(await second.get([put('a', 0).key])).toMatchObject([{ data: 1 }]);
    expect(await commit(second, put('a', 2, { expected: 1 }))).toEqual({ committed: true });
  });

  it('can’t be written by a reader', () => {
    const path = tempFile();
    openForWriting(path).close();
    const reader = openForReading(path);
    expect(() => reader.exec('DELETE FROM item')).toThrow('readonly');
    reader.close();
  });

  it('reports a failed read as unavailable', async () => {
    const store = openedSqlite(tempFile());
    await store.close();
    await expect(store.get([put('a', 0).key])).rejects.toMatchObject({ name: 'StoreError', kind: 'unavailable' });
  });
});

describe('a SQLite store in memory', () => {
  it('shares nothing with other stores in memory', async () => {
    const [one, other] = [openedSqlite(':memory:'), openedSqlite(':memory:')];
    await commit(one, put('a', 1));
    expect(await other.get([put('a', 0).key])).toEqual([undefined]);
  });
});
