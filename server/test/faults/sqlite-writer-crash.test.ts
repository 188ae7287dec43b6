import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { command, commit } from '../../src/storage/contract/helpers.ts';
import { openForReading } from '../../src/storage/sqlite/connection.ts';
import { ThreadWriter } from '../../src/storage/sqlite/writers.ts';
import { type Store, StoreError } from '../../src/storage/store.ts';
import { openedSqlite, put, tempFile, tempFolder } from '../../src/testing/process/temp-store.ts';

const GONE = { name: 'StoreError', kind: 'unavailable', message: 'the writer thread has ended; restart the program' };

describe('a writing thread that dies', () => {
  it('rejects what is under way and what comes later as unavailable, while reading goes on', async () => {
    const path = tempFile();
    const threadStarted = once(process, 'worker');
    const store = openedSqlite(path);
    const [thread]: Worker[] = await threadStarted;
    await commit(store, put('before', 1));
    const underWay = Array.from({ length: 300 }, (_, commitNumber) =>
      store.commit(
        command('under way'),
        Array.from({ length: 100 }, (_, index) => put(`${commitNumber}#${index}`, 'x')),
      ),
    );
    await turn();
    await turn();
    await thread?.terminate();
    for (const outcome of await Promise.allSettled(underWay)) expect(outcome).toMatchObject({ status: 'rejected', reason: GONE });
    await expect(commit(store, put('later', 1))).rejects.toMatchObject(GONE);
    expect(await store.get([put('before', 0).key])).toMatchObject([{ data: 1 }]);
    await store.close();
    const items = await openedSqlite(path).list({ partition: 'things', prefix: '', limit: 10 });
    expect(items.map(({ key }) => key.sort)).toEqual(['before']);
  });

  it('is told once to whoever has to see to it, and not where it was asked to end', async () => {
    const told: unknown[] = [];
    const watched = async () => {
      const started = once(process, 'worker');
      const store = openedSqlite(tempFile(), { onDeath: (cause) => told.push(cause) });
      const [thread]: Worker[] = await started;
      await commit(store, put('a', 1));
      return { store, thread };
    };
    const asked = await watched();
    await asked.store.close();
    expect(told).toEqual([]);
    const killed = await watched();
    await killed.thread?.terminate();
    await expect(commit(killed.store, put('b', 1))).rejects.toMatchObject(GONE);
    expect(told).toEqual([expect.objectContaining({ message: 'the writer thread has ended' })]);
  });

  it('is told with its cause where it can’t even begin', async () => {
    const path = tempFile();
    writeFileSync(path, 'This is no database at all.');
    const writer = new ThreadWriter(path);
    const sent = writer.send({ kind: 'write', commits: [] });
    await expect(sent).rejects.toMatchObject({ ...GONE, cause: { message: expect.stringContaining('file is not a database') } });
    await expect(writer.send({ kind: 'write', commits: [] })).rejects.toMatchObject(GONE);
    await writer.close();
  });
});

describe('data that can’t be kept', () => {
  it.each([
    ['a function', () => 'a function', 'JSON can not represent'],
    ['nothing', undefined, 'JSON can not represent'],
    ['a number without end', 1n, 'BigInt'],
  ])('fails its own commit and none beside it: %s', async (_, data, message) => {
    const store = openedSqlite(tempFile());
    const beside = [commit(store, put('before', 1)), commit(store, put('after', 1))];
    await expect(commit(store, put('a', data))).rejects.toThrow(message);
    expect(await Promise.all(beside)).toEqual([{ committed: true }, { committed: true }]);
    expect(await commit(store, put('a', 1))).toEqual({ committed: true });
  });
});

/** A folder on a disk of its own, of a megabyte. Skips the test, loudly, where this machine does not allow that. */
function tinyDisk(context: TestContext): string {
  const folder = tempFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'lending-test', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    const reason = `NOT TESTED: a full disk. Mounting a tiny one takes Linux and root: ${mounted.error?.message ?? mounted.stderr.trim()}`;
    process.stderr.write(`${reason}\n`); // the reporter alone would only count it
    context.skip(reason);
  }
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

/** Commits pairs until the disk has no room for one. @returns how many it had room for */
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
  it('makes commits unavailable, leaves nothing half written, and works again once there is room', async (context) => {
    const folder = tinyDisk(context);
    const path = join(folder, 'lending.db');
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(400_000));
    const store = openedSqlite(path);
    const pairs = await fill(store);
    expect(pairs).toBeGreaterThan(0);
    const written = async (side: string) => (await store.list({ partition: 'things', prefix: side, limit: 1000 })).length;
    expect([await written('left'), await written('right')]).toEqual([pairs, pairs]);
    await expect(commit(store, put('still', 'x'.repeat(20_000)))).rejects.toMatchObject({ kind: 'unavailable' });
    rmSync(join(folder, 'ballast'));
    expect(await commit(store, put('again', 'x'.repeat(20_000)))).toEqual({ committed: true });
    expect([await written('left'), await written('right'), await written('again')]).toEqual([pairs, pairs, 1]);
    await store.close();
    const reader = openForReading(path);
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
    reader.close();
  });
});
