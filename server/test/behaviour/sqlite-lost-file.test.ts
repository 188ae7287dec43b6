import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit } from '../../src/storage/contract/helpers.ts';
import { backUp } from '../../src/storage/sqlite/backup.ts';
import { makeSqlite, openSqliteTarget } from '../../src/storage/sqlite/bulk.ts';
import { checkAfterUncleanStop } from '../../src/storage/sqlite/prepare-file.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { type Store, StoreSetupError } from '../../src/storage/store.ts';
import { openedSqlite, otherProcess, put, tempFile } from '../../src/testing/process/temp-store.ts';

const A = put('a', 1);
const MOVED = "the store's file was moved, removed or replaced while it is in use";
const LOG_REMOVED = "the log beside the store's file was removed or replaced";

async function storeWithItem(path: string): Promise<Store> {
  const store = openedSqlite(path);
  await commit(store, A);
  return store;
}

/** An item that can be committed once to each store. */
let committed = 0;
function another() {
  committed += 1;
  return put(`b${committed}`, committed);
}

describe('an open SQLite store whose files are removed or replaced', () => {
  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['renamed', (path: string) => renameSync(path, `${path}.old`)],
    [
      'replaced by a copy',
      (path: string) => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
  ])('rejects commits and reads when the file was %s, and creates no other one', async (_, damage) => {
    const path = tempFile();
    const store = await storeWithItem(path);
    damage(path);
    const existed = existsSync(path);
    const failure = { name: 'StoreError', kind: 'unavailable', message: expect.stringContaining(MOVED) };
    await expect(commit(store, another())).rejects.toMatchObject(failure);
    await expect(store.get([A.key])).rejects.toMatchObject(failure);
    expect(existsSync(path)).toBe(existed);
  });

  it('commits again once the file is back', async () => {
    const path = tempFile();
    const store = await storeWithItem(path);
    renameSync(path, `${path}.old`);
    await expect(commit(store, another())).rejects.toThrow(MOVED);
    renameSync(`${path}.old`, path);
    const late = another();
    expect(await commit(store, late)).toEqual({ committed: true });
    expect(await store.get([A.key, late.key])).toMatchObject([{ data: 1 }, { data: late.data }]);
  });

  it.each(['-wal', '-shm'])('rejects commits when %s was removed, and saves all earlier ones when it is closed', async (suffix) => {
    const path = tempFile();
    const store = await storeWithItem(path);
    rmSync(path + suffix);
    const lost = another();
    await expect(commit(store, lost)).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining(LOG_REMOVED) });
    await store.close();
    expect(await openedSqlite(path).get([A.key, lost.key])).toMatchObject([{ data: 1 }, undefined]);
  });

  it('leaves the log of another store that is at its path by now', async () => {
    const path = tempFile();
    const store = await storeWithItem(path);
    const folder = dirname(path);
    for (const name of readdirSync(folder)) renameSync(`${folder}/${name}`, `${folder}/old-${name}`);
    const successor = openedSqlite(path);
    const item = another();
    await commit(successor, item);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(true);
    expect(await successor.get([item.key])).toMatchObject([{ data: item.data }]);
  });
});

describe('the start at a path where a store is gone', () => {
  const starts: readonly (readonly [string, (path: string) => unknown])[] = [
    ['opening to serve', (path) => openSqlite(path)],
    ['opening an existing store', (path) => openSqlite(path, { mustExist: true })],
    ['creating a store', makeSqlite],
    ['copying into a store', openSqliteTarget],
  ];

  it.each(starts)('fails by %s, says how to go on, and creates nothing', async (_, start) => {
    const path = tempFile();
    await (await storeWithItem(path)).close();
    rmSync(path);
    expect(() => start(path)).toThrow(StoreSetupError);
    expect(() => start(path)).toThrow(
      `The store ${path} is gone: the file is missing or empty, but there is still ${path}-marker. Put the file back. Or stop what uses it, move ${path}-marker away`,
    );
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['emptied', (path: string) => truncateSync(path)],
  ])('fails beside the log of a killed process when the file was %s, and leaves the log', async (_, damage) => {
    const path = tempFile();
    const writer = otherProcess('transfer', path);
    await writer.waitForLine('transferred 5');
    await writer.kill();
    rmSync(`${path}-marker`); // as of a program that made none
    damage(path);
    await expect(checkAfterUncleanStop(path, () => {})).rejects.toThrow(`there is still ${path}-wal, ${path}-shm.`);
    expect(() => openSqlite(path)).toThrow(StoreSetupError);
    expect(existsSync(`${path}-wal`)).toBe(true);
  });

  it('succeeds with a backup at the path', async () => {
    const path = tempFile();
    const store = await storeWithItem(path);
    await backUp(path, `${path}.backup`, () => {});
    await store.close();
    rmSync(path);
    copyFileSync(`${path}.backup`, path);
    expect(await openedSqlite(path).get([A.key])).toMatchObject([{ data: 1 }]);
  });

  it('creates an empty store once the marker is removed', async () => {
    const path = tempFile();
    await (await storeWithItem(path)).close();
    rmSync(path);
    rmSync(`${path}-marker`);
    expect(await openedSqlite(path).get([A.key])).toEqual([undefined]);
  });

  it('succeeds for a store of a program that made no marker, and makes one', async () => {
    const path = tempFile();
    await (await storeWithItem(path)).close();
    rmSync(`${path}-marker`);
    expect(await openedSqlite(path).get([A.key])).toMatchObject([{ data: 1 }]);
    expect(existsSync(`${path}-marker`)).toBe(true);
  });
});

describe('opening an existing store', () => {
  it.each([
    ['there is no file', () => {}],
    ['the file is empty', (path: string) => writeFileSync(path, '')],
  ])('fails where %s, and creates none', (_, prepare) => {
    const path = tempFile();
    prepare(path);
    const before = readdirSync(dirname(path));
    expect(() => openSqlite(path, { mustExist: true })).toThrow(StoreSetupError);
    expect(() => openSqlite(path, { mustExist: true })).toThrow(`There is no store at ${path}.`);
    expect(readdirSync(dirname(path))).toEqual(before);
  });

  it('creates no folder', () => {
    const path = `${tempFile('typo')}/lending.db`;
    expect(() => openSqlite(path, { mustExist: true })).toThrow('There is no store');
    expect(existsSync(dirname(path))).toBe(false);
  });
});
