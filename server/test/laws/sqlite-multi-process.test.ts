import { describe, expect, it } from 'vitest';
import { commit } from '../../src/storage/contract/helpers.ts';
import { openedSqlite, otherProcess, put, tempFile } from '../../src/testing/process/temp-store.ts';

describe('several processes on one SQLite file', () => {
  it('several processes lose no concurrent increment of one counter', async () => {
    const path = tempFile();
    const processes = [otherProcess('count', path), otherProcess('count', path)];
    await Promise.all(processes.map((process) => process.waitForLine('ready')));
    for (const process of processes) process.release();
    await Promise.all(processes.map((process) => process.waitForLine('counted 200')));
    const [counter] = await openedSqlite(path).get([put('counter', 0).key]);
    expect(counter).toMatchObject({ version: 400, data: 400 });
  });

  it('a process reads while another holds the write lock; its commit is busy after the timeout, then succeeds', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await commit(store, put('a', 1));
    const other = otherProcess('hold', path);
    await other.waitForLine('held');
    const started = performance.now();
    const waiting = expect(commit(store, put('b', 1))).rejects.toMatchObject({ name: 'StoreError', kind: 'busy' });
    expect(await store.get([put('a', 0).key, put('b', 0).key])).toMatchObject([{ data: 1 }, undefined]);
    await waiting;
    expect(performance.now() - started).toBeGreaterThan(4000);
    other.release();
    await other.ended;
    expect(await commit(store, put('b', 1))).toEqual({ committed: true });
  });

  it('a process opens an existing store without waiting for the write lock', async () => {
    const path = tempFile();
    await commit(openedSqlite(path), put('a', 1));
    const other = otherProcess('hold', path);
    await other.waitForLine('held');
    const store = openedSqlite(path);
    expect(await store.get([put('a', 0).key])).toMatchObject([{ data: 1 }]);
    other.release();
    await other.ended;
    expect(await commit(store, put('b', 1))).toEqual({ committed: true });
  });
});
