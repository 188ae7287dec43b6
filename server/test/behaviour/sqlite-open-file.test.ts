import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { command, commit } from '../../src/storage/contract/helpers.ts';
import { backUp } from '../../src/storage/sqlite/backup.ts';
import { openForWriting } from '../../src/storage/sqlite/connection.ts';
import { checkAfterUncleanStop } from '../../src/storage/sqlite/prepare-file.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { StoreSetupError } from '../../src/storage/store.ts';
import { openedSqlite, otherProcess, put, tempFile } from '../../src/testing/process/temp-store.ts';
import { readAccounts, TOTAL } from '../../src/testing/process/transfers.ts';

const CHECKING = 'the last stop was not clean';

/** A store of about a megabyte, closed. */
async function filled(path: string): Promise<void> {
  const store = openedSqlite(path);
  const writes = Array.from({ length: 100 }, (_, index) => put(`filling#${index}`, 'x'.repeat(10_000)));
  await store.commit(command('filling'), writes);
  await store.close();
}

/** Kills a process while it writes to the store. @returns the last transfer that it reported as committed */
async function stopUncleanly(path: string): Promise<number> {
  const writer = otherProcess('transfer', path);
  await writer.waitForLine('transferred 5');
  await writer.kill();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  return Number(writer.lines.at(-1)?.slice('transferred '.length));
}

/** Damages ten pages: the log may have some of them, which are sound then. */
function damage(path: string, at: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(40_000, 0x5a), 0, 40_000, at);
  closeSync(file);
}

describe('a new SQLite store', () => {
  it('creates the file, its log and backups readable by their owner only', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await commit(store, put('a', 1));
    await backUp(path, `${path}.backup`, () => {});
    for (const file of [path, `${path}-wal`, `${path}.backup`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('openSqlite on a file that it can’t use', () => {
  it.each([
    [
      'older',
      1,
      'an older Private Lending (format 1; this program needs 3). Name a new file or table in STORE, or start the older',
    ],
    ['newer', 7, 'a newer Private Lending (format 7; this program needs 3). Start that version'],
  ])('rejects a store of %s format, names both formats and what to do, and leaves it as it is', (_, format, message) => {
    const path = tempFile();
    const database = openForWriting(path);
    database.pragma(`user_version = ${format}`);
    database.close();
    const before = readFileSync(path);
    const opening = () => openSqlite(path);
    expect(opening).toThrow(StoreSetupError);
    expect(opening).toThrow(`${path} was written by ${message}`);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('rejects the SQLite file of another program, and leaves it as it is', () => {
    const path = tempFile();
    const foreign = new Sqlite(path);
    foreign.exec('CREATE TABLE cake (flavour TEXT)');
    foreign.close();
    const before = readFileSync(path);
    const opening = () => openSqlite(path);
    expect(opening).toThrow(StoreSetupError);
    expect(opening).toThrow(`${path} is a SQLite file, but not of Private Lending`);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['a short text', 'hello'],
    ['a long text', 'Dear diary. '.repeat(1000)],
  ])('rejects %s, and leaves it as it is', (_, text) => {
    const path = tempFile();
    writeFileSync(path, text);
    const opening = () => openSqlite(path);
    expect(opening).toThrow(StoreSetupError);
    expect(opening).toThrow(`The store ${path} can't be used: file is not a database`);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('rejects a folder', () => {
    const path = tempFile();
    mkdirSync(path);
    expect(() => openSqlite(path)).toThrow(StoreSetupError);
  });
});

describe('openSqlite after a stop', () => {
  it('skips the check after a clean stop', async () => {
    const path = tempFile();
    await filled(path);
    const lines: string[] = [];
    await checkAfterUncleanStop(path, (line) => lines.push(line));
    expect(lines).toEqual([]);
  });

  it('checks the file after an unclean stop, reports that, and has all that was reported as committed', async () => {
    const path = tempFile();
    const committed = await stopUncleanly(path);
    const lines: string[] = [];
    await checkAfterUncleanStop(path, (line) => lines.push(line));
    expect(lines).toEqual([
      `${CHECKING}, or another process uses the store: checking the whole file, 1 MB, before it is used`,
      expect.stringMatching(/^the file is sound, checked in \d+ s$/),
    ]);
    const store = openedSqlite(path);
    const { total, transfers } = await readAccounts(store);
    expect(total).toBe(TOTAL);
    expect([committed, committed + 1]).toContain(transfers);
  });

  it('leaves the main thread free during the check', async () => {
    const path = tempFile();
    await stopUncleanly(path);
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 1);
    await checkAfterUncleanStop(path, () => {});
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(3);
  });

  it.each([
    ['the middle', 0.5],
    ['the beginning', 0],
    ['the second page', 0.004],
  ])('rejects a file that is damaged in %s, at every start', async (_, share) => {
    const path = tempFile();
    await filled(path);
    await stopUncleanly(path);
    damage(path, Math.floor(statSync(path).size * share));
    // In separate processes: the end of a process closes its files, which may delete the log.
    for (const _start of [1, 2]) {
      const starting = otherProcess('open', path);
      await starting.ended;
      expect(starting.lines).toEqual([
        'opening',
        expect.stringContaining(CHECKING),
        expect.stringContaining(`failed: StoreSetupError: The store ${path} can't be used`),
      ]);
    }
  });
});

describe('openSqlite on a new file that another process is creating', () => {
  it('waits for the other process', async () => {
    const path = tempFile();
    const maker = otherProcess('hold', path);
    await maker.waitForLine('held');
    const opener = otherProcess('open', path);
    await opener.waitForLine('opening');
    await expect(opener.waitForLine('failed', 300), 'it does not wait').rejects.toThrow();
    maker.release();
    await opener.ended;
    expect(opener.lines).toEqual(['opening', 'opened']);
  });
});
