import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openedSqlite, otherProcess, put, tempFile } from '../../testing/process/temp-store.ts';
import { openAccounts, readAccounts, TOTAL, transfer } from '../../testing/process/transfers.ts';
import { command, commit } from '../contract/helpers.ts';
import { StoreSetupError } from '../store.ts';
import { backUp } from './backup.ts';
import { Commits, toRow } from './commits.ts';
import { openForWriting } from './connection.ts';

const nobody = () => {};

/** A store of so many pages that it is copied in several steps; its accounts are open. */
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

describe('a backup', () => {
  it('is whole and of one moment while another process writes', async () => {
    const path = tempFile();
    await largeStore(path);
    const writer = otherProcess('transfer', path);
    await writer.waitForLine('transferred 5');
    const before = writer.lines.length;
    await backUp(path, beside(path), nobody);
    await expect.poll(() => writer.lines.length, { interval: 2 }).toBeGreaterThan(before + 5);
    await writer.kill();
    const { total, transfers } = await readAccounts(openedSqlite(beside(path)));
    expect(total).toBe(TOTAL);
    expect(transfers).toBeGreaterThanOrEqual(before);
  });

  it('is of the moment when it began, whatever is written while it is made', async () => {
    const path = tempFile();
    await largeStore(path);
    const database = openForWriting(path);
    onTestFinished(() => void database.close());
    const commits = new Commits(database);
    const shares: number[] = [];
    await backUp(path, beside(path), (share) => {
      shares.push(share);
      // One of these overwrites what is copied already, the other what is not.
      const [first, last] = [put('filling#0', 'late', { expected: 1 }), put('filling#79', 'late', { expected: 1 })];
      commits.write([
        { command: command('late'), rows: [toRow(first), toRow(last)] },
        { command: command('later'), rows: [toRow(put(`late#${shares.length}`, 'late'))] },
      ]);
    });
    const copy = openedSqlite(beside(path));
    const items = await copy.list<string>({ partition: 'things', prefix: '', limit: 1000 });
    expect(items.map(({ version, data }) => [version, data.length])).toEqual(items.map(() => [1, 200_000]));
    expect(items).toHaveLength(80);
  });

  it('is a store to go on with, and goes out of date on its own', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await commit(store, put('a', { name: 'Ana' }, { index: { partition: 'people', sort: '1' } }));
    await backUp(path, beside(path), nobody);
    await commit(store, put('b', 1));
    const copy = openedSqlite(beside(path), { checkAfterUncleanStop: true });
    expect(await copy.get([put('a', 0).key, put('b', 0).key])).toMatchObject([{ data: { name: 'Ana' } }, undefined]);
    expect(await copy.listIndex({ partition: 'people', limit: 5 })).toEqual([{ key: put('a', 0).key, position: '1' }]);
    expect(await commit(copy, put('a', 2, { expected: 1 }))).toEqual({ committed: true });
    expect(await store.get([put('a', 0).key])).toMatchObject([{ version: 1 }]);
  });

  it('has what an open store holds in its log only', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await openAccounts(store);
    for (const turn of [1, 2, 3]) await transfer(store, turn);
    await backUp(path, beside(path), nobody);
    expect(await readAccounts(openedSqlite(beside(path)))).toEqual({ total: TOTAL, transfers: 3 });
  });

  it('tells its progress, from 0 up to 1', async () => {
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

  it('leaves one file beside the store', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    const before = readdirSync(dirname(path));
    await backUp(path, beside(path), nobody);
    expect(readdirSync(dirname(path)).toSorted()).toEqual([...before, 'backup.db'].toSorted());
  });

  it('starts anew over what a killed one left', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    writeFileSync(`${beside(path)}.partial`, 'half of a backup');
    await backUp(path, beside(path), nobody);
    expect(await openedSqlite(beside(path)).get([put('a', 0).key])).toMatchObject([{ data: 1 }]);
    expect(existsSync(`${beside(path)}.partial`)).toBe(false);
  });
});

describe('a backup is refused', () => {
  it('where its file exists already, which is left as it is', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    writeFileSync(beside(path), 'my diary');
    const backup = backUp(path, beside(path), nobody);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow(`${beside(path)} exists already`);
    expect(readFileSync(beside(path), 'utf8')).toBe('my diary');
  });

  it('where there is no store, and none is made', async () => {
    const path = tempFile();
    const backup = backUp(path, beside(path), nobody);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow(`There is no store at ${path}`);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('of a store in memory', async () => {
    const path = tempFile();
    const backup = backUp(':memory:', beside(path), nobody);
    await expect(backup).rejects.toThrow(StoreSetupError);
    await expect(backup).rejects.toThrow('A store in memory');
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('where the copy is not sound, and nothing is left of it', async () => {
    const path = tempFile();
    await largeStore(path);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(9000, 0x5a), 0, 9000, Math.floor(statSync(path).size / 2));
    closeSync(file);
    await expect(backUp(path, beside(path), nobody)).rejects.toThrow(StoreSetupError);
    expect(leftovers(path)).toEqual([]);
  });

  it('where the source is no database, and nothing is left of it', async () => {
    const path = tempFile();
    writeFileSync(path, 'my diary');
    await expect(backUp(path, beside(path), nobody)).rejects.toThrow('file is not a database');
    expect(leftovers(path)).toEqual([]);
  });

  it('where it is stopped half way, and nothing is left of it', async () => {
    const path = tempFile();
    await largeStore(path);
    const stopped = backUp(path, beside(path), (share) => {
      if (share > 0) throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(leftovers(path)).toEqual([]);
  });

  it('where its folder is not there', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    await expect(backUp(path, join(dirname(path), 'nowhere', 'backup.db'), nobody)).rejects.toThrow('can’t be made: ENOENT');
  });
});

/** What a backup has left beside the store and the store's own log. */
function leftovers(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.startsWith('backup'));
}
