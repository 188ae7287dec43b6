import { once } from 'node:events';
import { existsSync, renameSync, statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tempFile } from '../../testing/process/temp-store.ts';
import { Checkpoints, moveLog } from './checkpoints.ts';
import { openForReading, openForWriting, openToCheckpoint } from './connection.ts';
import { openFilesAt } from './store-file.ts';

const START_AT = 100;
/** Of a row, with its overflow pages; a commit writes one or two more. */
const ROW_PAGES = 3;

function openNotes(path = tempFile()) {
  const database = openForWriting(path);
  database.pragma('synchronous = OFF'); // faster
  database.exec('CREATE TABLE IF NOT EXISTS note (text TEXT)');
  const insert = database.prepare('INSERT INTO note VALUES (?)');
  const sizeOfLog = () => database.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }];
  return {
    path,
    database,
    insert: () => insert.run('x'.repeat(ROW_PAGES * 4000)),
    log: () => sizeOfLog()[0].log,
    left: () => sizeOfLog()[0].log - sizeOfLog()[0].checkpointed,
  };
}

/** In place of the writer thread. */
function openWriter(files?: ReturnType<typeof openFilesAt>) {
  const notes = openNotes();
  const errors: unknown[] = [];
  const checkpoints = new Checkpoints(notes.database, files ?? openFilesAt(notes.path), (cause) => errors.push(cause), START_AT);
  const close = async () => {
    await checkpoints.close();
    notes.database.close();
  };
  onTestFinished(close);
  const write = () => {
    notes.insert();
    checkpoints.afterBatch();
  };
  const commitsMoveFrom = () => notes.database.pragma('wal_autocheckpoint', { simple: true });
  return {
    ...notes,
    errors,
    checkpoints,
    close,
    write,
    commitsMoveFrom,
    /** Without leaving the event loop, so that what the thread reports is not yet noticed. */
    writeUntilLong() {
      while (notes.log() < START_AT) write();
    },
    /** Waits without writing until the thread has moved the log. */
    threadHasMoved: () => vi.waitUntil(() => commitsMoveFrom() === START_AT, { timeout: 15_000, interval: 1 }),
    /** Writes until the condition holds, while the thread runs. Asks before each write. */
    writeUntil: (condition: () => boolean) =>
      vi.waitUntil(
        () => {
          if (condition()) return true;
          write();
          return false;
        },
        { timeout: 15_000, interval: 1 },
      ),
  };
}

/** Another connection with an open read transaction. */
function openReader(path: string) {
  const reader = openForReading(path);
  onTestFinished(() => void reader.close());
  reader.exec('BEGIN');
  const notes = () => reader.prepare('SELECT count(*) FROM note').pluck().get();
  notes();
  return { notes, end: () => void reader.exec('COMMIT') };
}

describe('Checkpoints', () => {
  it('has the log begin again while batches are written', async () => {
    const { path, writeUntil, log } = openWriter();
    let longest = 0;
    await writeUntil(() => {
      longest = Math.max(longest, log());
      return longest > START_AT && log() < longest;
    });
    expect(statSync(path).size).toBeGreaterThan(START_AT * 4096); // the pages are in the database
  });

  it('moves no page in commits where none is written while the thread moves the log', async () => {
    const { writeUntilLong, threadHasMoved, left, log, write, commitsMoveFrom } = openWriter();
    writeUntilLong();
    expect([left() >= START_AT, commitsMoveFrom()]).toEqual([true, 0]);
    await threadHasMoved();
    expect(left()).toBe(0);
    write();
    expect(log()).toBeLessThan(START_AT); // it began again, as nothing was left
    expect(commitsMoveFrom()).toBe(0);
  });

  it('commits while a reader holds the log, and has the thread move it when the reader ends', async () => {
    const { path, insert, writeUntil, left, log, commitsMoveFrom, errors } = openWriter();
    const reader = openReader(path);
    while (left() < 1500) insert();
    await writeUntil(() => left() > 2600); // the thread has tried by then
    expect(commitsMoveFrom()).toBe(0); // they would not get further
    expect(reader.notes()).toBe(0);
    reader.end();
    let leftToCommits = 0;
    await writeUntil(() => {
      if (commitsMoveFrom() !== 0) leftToCommits = Math.max(leftToCommits, left());
      return log() < START_AT;
    });
    expect(leftToCommits).toBeLessThan(1000);
    expect(errors).toEqual([]);
  });

  it('moves the rest in the thread too where a reader keeps the commits from it', async () => {
    const { path, insert, checkpoints, threadHasMoved, writeUntil, left, log, commitsMoveFrom } = openWriter();
    while (log() < START_AT) insert();
    const reader = openReader(path); // of all that the log has: it can be moved, but the log can't begin again
    checkpoints.afterBatch();
    await threadHasMoved();
    insert();
    expect(log()).toBeGreaterThan(START_AT);
    const commits = commitsMoveFrom();
    while (left() < 1500) insert();
    await writeUntil(() => commitsMoveFrom() === 0);
    expect(commits).toBe(START_AT);
    reader.end();
    await writeUntil(() => log() < START_AT);
  });

  it('leaves no log when it is closed while the thread starts', async () => {
    const { path, writeUntilLong, close } = openWriter();
    writeUntilLong();
    await close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('leaves no log when it is closed while the thread moves it', async () => {
    const { path, writeUntilLong, threadHasMoved, write, insert, log, checkpoints, close } = openWriter();
    writeUntilLong();
    await threadHasMoved();
    write(); // the log begins again
    while (log() < 1500) insert();
    checkpoints.afterBatch();
    await close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });
});

describe('a checkpoint thread that fails', () => {
  it('leaves the log to the commits until it has begun again', async () => {
    const started = once(process, 'worker');
    const { writeUntilLong, errors, commitsMoveFrom, write, log, threadHasMoved, left } = openWriter();
    writeUntilLong();
    const [thread]: Worker[] = await started;
    await thread?.terminate();
    expect(errors).toEqual([expect.objectContaining({ message: 'the checkpoint thread has ended' })]);
    expect(commitsMoveFrom()).toBe(START_AT);
    while (log() >= START_AT) write();
    expect(commitsMoveFrom()).toBe(0);
    writeUntilLong();
    await threadHasMoved(); // another one
    expect([left(), errors.length]).toEqual([0, 1]);
  });

  it('leaves a file alone that has replaced the store', async () => {
    const other = openNotes();
    other.insert();
    const { path, writeUntilLong, errors } = openWriter();
    writeUntilLong();
    expect(errors).toEqual([]);
    renameSync(path, `${path}.moved`);
    renameSync(other.path, path);
    await vi.waitUntil(() => errors.length > 0, { timeout: 15_000, interval: 1 });
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('moved, removed or replaced') })]);
    renameSync(path, other.path);
    renameSync(`${path}.moved`, path);
    other.database.close();
  });
});

describe('openToCheckpoint', () => {
  it('syncs what it moves', () => {
    const { path } = openWriter();
    const database = openToCheckpoint(openFilesAt(path));
    expect(database.pragma('synchronous', { simple: true })).toBe(2); // FULL
    database.close();
  });
});

/** A database to which others write after each pass. */
function writtenAfterEachPass(notes: ReturnType<typeof openNotes>, pagesAfter: (pass: number) => number) {
  let passes = 0;
  const pragma: Database['pragma'] = (source) => {
    const result = notes.database.pragma(source);
    if (!source.includes('PASSIVE')) return result;
    passes += 1;
    const least = notes.left() + pagesAfter(passes);
    while (notes.left() < least) notes.insert();
    return result;
  };
  onTestFinished(() => void notes.database.close());
  return { database: { pragma }, passes: () => passes };
}

describe('moveLog', () => {
  it('repeats until a pass is short, so that only what was written during that is left', () => {
    const notes = openNotes();
    const { database, passes } = writtenAfterEachPass(notes, (pass) => [400, 200, 50, 5][pass - 1] ?? 0);
    while (notes.log() < 900) notes.insert();
    expect(moveLog(database)).toEqual({ isHeld: false });
    expect(passes()).toBe(4); // of 900, 400, 200 and 50 pages
    expect(notes.left()).toBeLessThan(20);
  });

  it('ends where others write faster', () => {
    const notes = openNotes();
    const { database, passes } = writtenAfterEachPass(notes, () => 200);
    while (notes.log() < 200) notes.insert();
    expect(moveLog(database)).toEqual({ isHeld: false });
    expect(passes()).toBe(8);
  });

  it('reports that a reader holds the log', () => {
    const notes = openNotes();
    notes.database.pragma('wal_autocheckpoint = 0');
    const reader = openReader(notes.path);
    while (notes.left() < 1500) notes.insert();
    expect(moveLog(notes.database)).toEqual({ isHeld: true });
    reader.end();
    expect(moveLog(notes.database)).toEqual({ isHeld: false });
    expect(notes.left()).toBe(0);
    notes.database.close();
  });
});
