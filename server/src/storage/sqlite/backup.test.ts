import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openedSqlite, otherProcess, put, tempFile } from '../../testing/process/temp-store.ts';
import { openAccounts, readAccounts, TOTAL, transfer } from '../../testing/process/transfers.ts';
import { command, commit } from '../contract/helpers.ts';
import { StoreSetupError } from '../store.ts';
import { backUp } from './backup.ts';
import { encodeCommit } from './commit-text.ts';
import { Commits } from './commits.ts';
import { openForWriting } from './connection.ts';

const ignoreProgress = () => {};

/** Fills a store so that a backup takes several steps, and opens its accounts. */
async function largeStore(path: string): Promise<void> {
  const store = openedSqlite(path);
  const writes = Array.from({ length: 80 }, (_, index) => put(`filling#${index}`, 'x'.repeat(200_000)));
  await store.commit(command('filling'), writes);
  await openAccounts(store);
  await store.close();
}

function beside(path: string): string {
  return join(dirname(path), 'backup.db');
}

describe('backUp', () => {
  it('copies a store completely and as of one moment while another process writes', async () => {
    const path = tempFile();
    await largeStore(path);
    const writer = otherProcess('transfer', path);
    await writer.waitForLine('transferred 5');
    const before = writer.lines.length;
    await backUp(path, beside(path), ignoreProgress);
    await expect.poll(() => writer.lines.length, { interval: 2 }).toBeGreaterThan(before + 5);
    await writer.kill();
    const { total, transfers } = await readAccounts(openedSqlite(beside(path)));
    expect(total).toBe(TOTAL);
    expect(transfers).toBeGreaterThanOrEqual(before);
  });

  it('copies the store as of its start, whatever is written meanwhile', async () => {
    const path = tempFile();
    await largeStore(path);
    const database = openForWriting(path);
    onTestFinished(() => void database.close());
    const commits = new Commits(database);
    const shares: number[] = [];
    await backUp(path, beside(path), (share) => {
      shares.push(share);
      // One of these overwrites a page that is copied already, the other one that is not.
      const [first, last] = [put('filling#0', 'late', { expected: 1 }), put('filling#79', 'late', { expected: 1 })];
      commits.write([
        encodeCommit(command('late'), [first, last]),
        encodeCommit(command('later'), [put(`late#${shares.length}`, 'late')]),
      ]);
    });
    const copy = openedSqlite(beside(path));
    const items = await copy.list<string>({ partition: 'things', prefix: '', limit: 1000 });
    expect(items.map(({ version, data }) => [version, data.length])).toEqual(items.map(() => [1, 200_000]));
    expect(items).toHaveLength(80);
  });

  it('creates a store that can be used independently of the original', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await commit(store, put('a', { name: 'Ana' }, { index: { partition: 'people', sort: '1' } }));
    await backUp(path, beside(path), ignoreProgress);
    await commit(store, put('b', 1));
    const copy = openedSqlite(beside(path));
    expect(await copy.get([put('a', 0).key, put('b', 0).key])).toMatchObject([{ data: { name: 'Ana' } }, undefined]);
    expect(await copy.listIndex({ partition: 'people', limit: 5 })).toEqual([{ key: put('a', 0).key, position: '1' }]);
    expect(await commit(copy, put('a', 2, { expected: 1 }))).toEqual({ committed: true });
    expect(await store.get([put('a', 0).key])).toMatchObject([{ version: 1 }]);
  });

  it('copies data that is only in the log of an open store', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await openAccounts(store);
    for (const number of [1, 2, 3]) await transfer(store, number);
    await backUp(path, beside(path), ignoreProgress);
    expect(await readAccounts(openedSqlite(beside(path)))).toEqual({ total: TOTAL, transfers: 3 });
  });

  it('reports its progress from 0 to 1, and creates the file at the end', async () => {
    const path = tempFile();
    await largeStore(path);
    const shares: number[] = [];
    await backUp(path, beside(path), (share) => {
      expect(existsSync(beside(path))).toBe(share === 1);
      shares.push(share);
    });
    expect(shares.length).toBeGreaterThan(3);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  });

  it('creates exactly one file', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    const before = readdirSync(dirname(path));
    await backUp(path, beside(path), ignoreProgress);
    expect(readdirSync(dirname(path)).toSorted()).toEqual([...before, 'backup.db'].toSorted());
  });

  it('replaces the partial file of a killed backup', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    writeFileSync(`${beside(path)}.partial`, 'half of a backup');
    await backUp(path, beside(path), ignoreProgress);
    expect(await openedSqlite(beside(path)).get([put('a', 0).key])).toMatchObject([{ data: 1 }]);
    expect(existsSync(`${beside(path)}.partial`)).toBe(false);
  });
});

describe('backUp fails', () => {
  it('where the file exists already, and leaves it as it is', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    writeFileSync(beside(path), 'my diary');
    const backup = backUp(path, beside(path), ignoreProgress);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow(`${beside(path)} exists already`);
    expect(readFileSync(beside(path), 'utf8')).toBe('my diary');
  });

  it('where there is no store, and creates none', async () => {
    const path = tempFile();
    const backup = backUp(path, beside(path), ignoreProgress);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow(`There is no store at ${path}`);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('where the source is the SQLite file of another program, and leaves no file', async () => {
    const path = tempFile();
    const foreign = new Sqlite(path);
    foreign.exec('CREATE TABLE cake (flavour TEXT)');
    foreign.close();
    await expect(backUp(path, beside(path), ignoreProgress)).rejects.toThrow('is a SQLite file, but not of Private Lending');
    expect(leftovers(path)).toEqual([]);
  });

  it('for a store in memory', async () => {
    const path = tempFile();
    const backup = backUp(':memory:', beside(path), ignoreProgress);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow('A store in memory');
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('where the store is damaged, and leaves no file', async () => {
    const path = tempFile();
    await largeStore(path);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(9000, 0x5a), 0, 9000, Math.floor(statSync(path).size / 2));
    closeSync(file);
    await expect(backUp(path, beside(path), ignoreProgress)).rejects.toThrow(StoreSetupError);
    expect(leftovers(path)).toEqual([]);
  });

  it('where the source is not a database, and leaves no file', async () => {
    const path = tempFile();
    writeFileSync(path, 'my diary');
    await expect(backUp(path, beside(path), ignoreProgress)).rejects.toThrow('file is not a database');
    expect(leftovers(path)).toEqual([]);
  });

  it('where it is interrupted, and leaves no file', async () => {
    const path = tempFile();
    await largeStore(path);
    const stopped = backUp(path, beside(path), (share) => {
      if (share > 0) throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(leftovers(path)).toEqual([]);
  });

  it('where the folder does not exist', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    await expect(backUp(path, join(dirname(path), 'nowhere', 'backup.db'), ignoreProgress)).rejects.toThrow(
      'can’t be made: ENOENT',
    );
  });
});

/** Files of a backup. */
function leftovers(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.startsWith('backup'));
}
