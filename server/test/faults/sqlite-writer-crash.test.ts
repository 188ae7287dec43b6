import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { command, commit } from '../../src/storage/contract/helpers.ts';
import { openForReading } from '../../src/storage/sqlite/connection.ts';
import { openFilesAt } from '../../src/storage/sqlite/store-file.ts';
import { ThreadWriter } from '../../src/storage/sqlite/writers.ts';
import { type Store, StoreError } from '../../src/storage/store.ts';
import { openedSqlite, put, tempFile } from '../../src/testing/process/temp-store.ts';
import { tinyDisk } from '../../src/testing/process/tiny-disk.ts';

const ENDED = { name: 'StoreError', kind: 'unavailable', message: 'the writer thread has ended; restart the program' };

describe('a writing thread under `node --watch`', () => {
  it('receives only its own responses', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('WATCH_REPORT_DEPENDENCIES', '1'); // as Node sets it for the program that it watches
    const store = openedSqlite(tempFile());
    await expect(commit(store, put('a', 1))).resolves.toEqual({ committed: true });
    expect(await store.get([put('a', 1).key])).toMatchObject([{ data: 1 }]);
  });
});

describe('a writing thread that dies', () => {
  it('rejects running and later commits as unavailable, and still reads', async () => {
    const path = tempFile();
    const threadStarted = once(process, 'worker');
    const store = openedSqlite(path);
    const [thread]: Worker[] = await threadStarted;
    await commit(store, put('before', 1));
    const pending = Array.from({ length: 300 }, (_, commitNumber) =>
      store.commit(
        command('pending'),
        Array.from({ length: 100 }, (_, index) => put(`${commitNumber}#${index}`, 'x')),
      ),
    );
    await nextTick();
    await nextTick();
    await thread?.terminate();
    for (const outcome of await Promise.allSettled(pending)) expect(outcome).toMatchObject({ status: 'rejected', reason: ENDED });
    await expect(commit(store, put('later', 1))).rejects.toMatchObject(ENDED);
    expect(await store.get([put('before', 0).key])).toMatchObject([{ data: 1 }]);
    await store.close();
    const items = await openedSqlite(path).list({ partition: 'things', prefix: '', limit: 10 });
    expect(items.map(({ key }) => key.sort)).toEqual(['before']);
  });

  it('calls onDeath once, and not after a regular close', async () => {
    const deaths: unknown[] = [];
    const openWatched = async () => {
      const started = once(process, 'worker');
      const store = openedSqlite(tempFile(), { onDeath: (cause) => deaths.push(cause) });
      const [thread]: Worker[] = await started;
      await commit(store, put('a', 1));
      return { store, thread };
    };
    const closed = await openWatched();
    await closed.store.close();
    expect(deaths).toEqual([]);
    const killed = await openWatched();
    await killed.thread?.terminate();
    await expect(commit(killed.store, put('b', 1))).rejects.toMatchObject(ENDED);
    expect(deaths).toEqual([expect.objectContaining({ message: 'the writer thread has ended' })]);
  });

  it('fails commits with the cause where it can’t start', async () => {
    const path = tempFile();
    writeFileSync(path, 'This is no database at all.');
    const writer = new ThreadWriter(openFilesAt(path));
    const sent = writer.send({ kind: 'write', commits: [], lockWaitMs: 0 });
    await expect(sent).rejects.toMatchObject({ ...ENDED, cause: { message: expect.stringContaining('file is not a database') } });
    await expect(writer.send({ kind: 'write', commits: [], lockWaitMs: 0 })).rejects.toMatchObject(ENDED);
    await writer.close();
  });
});

describe('data without a JSON form', () => {
  it.each([
    ['a function', () => 'a function', 'JSON can not represent'],
    ['undefined', undefined, 'JSON can not represent'],
    ['a bigint', 1n, 'BigInt'],
  ])('fails its own commit and none of the same batch: %s', async (_, data, message) => {
    const store = openedSqlite(tempFile());
    const sameBatch = [commit(store, put('before', 1)), commit(store, put('after', 1))];
    await expect(commit(store, put('a', data))).rejects.toThrow(message);
    expect(await Promise.all(sameBatch)).toEqual([{ committed: true }, { committed: true }]);
    expect(await commit(store, put('a', 1))).toEqual({ committed: true });
  });
});

/** Commits pairs of items until the disk is full. @returns how many pairs were committed */
async function fill(store: Store): Promise<number> {
  for (let pair = 0; ; pair += 1) {
    const [left, right] = [put(`left#${pair}`, 'x'.repeat(20_000)), put(`right#${pair}`, 'x'.repeat(20_000))];
    try {
      await store.commit(command('pair'), [left, right]);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('full') });
      return pair;
    }
  }
}

describe('a full disk', () => {
  it('fails commits as unavailable, writes none partially, and commits again once there is room', async (context) => {
    const folder = tinyDisk(context);
    const path = join(folder, 'lending.db');
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(400_000));
    const store = openedSqlite(path);
    const pairs = await fill(store);
    expect(pairs).toBeGreaterThan(0);
    const written = async (side: string) => (await store.list({ partition: 'things', prefix: side, limit: 1000 })).length;
    expect([await written('left'), await written('right')]).toEqual([pairs, pairs]);
    await expect(commit(store, put('too large', 'x'.repeat(60_000)))).rejects.toMatchObject({ kind: 'unavailable' });
    rmSync(join(folder, 'ballast'));
    expect(await commit(store, put('again', 'x'.repeat(20_000)))).toEqual({ committed: true });
    expect([await written('left'), await written('right'), await written('again')]).toEqual([pairs, pairs, 1]);
    await store.close();
    const reader = openForReading(path);
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
    reader.close();
  });
});
