import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Checkpoints } from '../../src/storage/sqlite/checkpoints.ts';
import { openForReading, openForWriting, openOrCreate } from '../../src/storage/sqlite/connection.ts';
import { openFilesAt } from '../../src/storage/sqlite/store-file.ts';
import { otherProcess, tempFile } from '../../src/testing/process/temp-store.ts';
import { tinyDisk } from '../../src/testing/process/tiny-disk.ts';

/* Moving the log to the database in another thread, when something ends it. */

const KILLS = 2;

it('keeps the commits of two processes that move one log, when both are killed', async () => {
  const path = tempFile();
  const database = openOrCreate(path);
  database.exec('CREATE TABLE note (process INTEGER, number INTEGER, text TEXT)');
  database.close();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const processes = [otherProcess('note', path), otherProcess('note', path)];
    // Each has moved the log many times, and is somewhere in it.
    await Promise.all(processes.map(({ lines }) => vi.waitUntil(() => lines.length > 300, { timeout: 30_000, interval: 1 })));
    await Promise.all(processes.map((process) => process.kill()));
    const reader = openForReading(path);
    expect(reader.pragma('integrity_check', { simple: true })).toBe('ok');
    const notes = reader.prepare('SELECT count(*) FROM note WHERE process = ? AND number <= ?').pluck();
    for (const { lines } of processes) {
      const [process, number] = (lines.at(-1) ?? '').split(' ').map(Number);
      expect([notes.get(process, number), lines.filter((line) => line.startsWith('failed'))]).toEqual([number, []]);
    }
    reader.close();
  }
}, 60_000);

const LOG_PAGES = 30;

/** A table on a disk of one megabyte. */
function openOnTinyDisk(folder: string) {
  const path = join(folder, 'lending.db');
  const database = openForWriting(path);
  const errors: string[] = [];
  const checkpoints = new Checkpoints(database, openFilesAt(path), (cause) => errors.push(String(cause)), LOG_PAGES);
  onTestFinished(async () => {
    await checkpoints.close();
    database.close();
  });
  database.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)');
  const put = database.prepare('INSERT OR REPLACE INTO note VALUES (?, ?, ?)');
  let written = 0;
  return {
    path,
    errors,
    size() {
      const [{ log, checkpointed }] = database.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }];
      return { log, left: log - checkpointed };
    },
    /** Whether the thread has reported that it moved the log: from then on, commits move the rest. */
    isMoved: () => database.pragma('wal_autocheckpoint', { simple: true }) === LOG_PAGES,
    /** @param id of the row to replace; null for a new row @returns false where the disk is full */
    write(id: number | null) {
      try {
        put.run(id, written + 1, 'x'.repeat(10_000));
      } catch (error) {
        expect(error).toMatchObject({ code: 'SQLITE_FULL' });
        checkpoints.afterFailure();
        return false;
      }
      written += 1;
      checkpoints.afterBatch();
      return true;
    },
    requireLastCommit() {
      expect(database.prepare('SELECT max(number) FROM note').pluck().get()).toBe(written);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    },
  };
}

const waitUntil = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000, interval: 1 });

it('reports a full disk of the checkpoint thread, and loses no commit', async (context) => {
  const folder = tinyDisk(context);
  const { path, errors, size, isMoved, write, requireLastCommit } = openOnTinyDisk(folder);
  const writeUntilLong = () => {
    while (size().log < LOG_PAGES) expect(write(null)).toBe(true);
  };
  writeUntilLong();
  await waitUntil(() => isMoved() && size().left === 0);
  write(null); // the log begins again, and its file has room now
  expect(size().log).toBeLessThan(LOG_PAGES);
  fillDisk(folder);
  writeUntilLong();
  await waitUntil(() => errors.length > 0);
  expect(errors).toEqual([expect.stringContaining('full')]);
  expect(existsSync(`${path}-wal`)).toBe(true); // the thread's connection was not the last
  requireLastCommit();
  rmSync(join(folder, 'ballast'));
  for (let count = 0; count < 2; count += 1) expect(write(null)).toBe(true); // the first moves the log
  expect(size().log).toBeLessThan(LOG_PAGES);
  expect(errors).toHaveLength(1);
  requireLastCommit();
});

it('commits again on a full disk once a reader no longer holds the log that fills it', async (context) => {
  const folder = tinyDisk(context);
  const { path, size, write, requireLastCommit } = openOnTinyDisk(folder);
  while (size().log < LOG_PAGES) write(1);
  await waitUntil(() => size().left === 0); // the database has room for the row now
  const reader = openForReading(path);
  onTestFinished(() => void reader.close());
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM note').get();
  await waitUntil(() => !write(1));
  requireLastCommit();
  reader.exec('COMMIT');
  await waitUntil(() => write(1));
  requireLastCommit();
});

function fillDisk(folder: string): void {
  const file = openSync(join(folder, 'ballast'), 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}
