import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openedSqlite, put, tempFile } from '../../testing/process/temp-store.ts';
import { command } from '../contract/helpers.ts';
import type { Write } from '../store.ts';
import { type CommitText, encodeCommit } from './commit-text.ts';
import { Commits } from './commits.ts';
import { openForWriting } from './connection.ts';
import { Reads } from './reads.ts';

const HOUR_MS = 3_600_000;

function opened(path = ':memory:') {
  const database = openForWriting(path);
  onTestFinished(() => void database.close());
  const reads = new Reads(database);
  return {
    database,
    commits: new Commits(database),
    sorts: () => reads.list({ partition: 'things', prefix: '', limit: 1000 }).map(({ key }) => key.sort),
  };
}

function committing(...writes: readonly Write[]): CommitText {
  return encodeCommit(command('test'), writes);
}

describe('dropExpired', () => {
  it('deletes items that expired before a moment, and no others', () => {
    const { commits, sorts } = opened();
    commits.write([
      committing(put('before', 1, { expiresAt: 999 }), put('then', 1, { expiresAt: 1000 }), put('after', 1, { expiresAt: 1001 })),
      committing(put('never', 1)),
    ]);
    expect(commits.dropExpired(1000)).toBe(1);
    expect(sorts()).toEqual(['after', 'never', 'then']);
  });

  it('uses the expiry of the last change', () => {
    const { commits, sorts } = opened();
    commits.write([committing(put('longer', 1, { expiresAt: 1 }), put('for good', 1, { expiresAt: 1 }))]);
    commits.write([committing(put('longer', 2, { expected: 1, expiresAt: 9 }), put('for good', 2, { expected: 1 }))]);
    expect(commits.dropExpired(5)).toBe(0);
    expect(sorts()).toEqual(['for good', 'longer']);
  });

  it('deletes 500 at a time, oldest first', () => {
    const { commits, sorts } = opened();
    const writes = Array.from({ length: 600 }, (_, age) => put(`${age}`.padStart(3, '0'), 1, { expiresAt: 1000 - age }));
    commits.write(writes.map((write) => committing(write)));
    expect(commits.dropExpired(5000)).toBe(500);
    expect(sorts()).toEqual(writes.slice(0, 100).map(({ key }) => key.sort));
    expect(commits.dropExpired(5000)).toBe(100);
    expect(sorts()).toEqual([]);
  });

  it('lets a new item with version 1 replace a deleted one', () => {
    const { commits } = opened();
    commits.write([committing(put('a', 1, { expiresAt: 1 }))]);
    commits.dropExpired(5);
    expect(commits.write([committing(put('a', 2))])).toEqual([{ committed: true }]);
  });

  it('an open store drops, every minute, items that expired an hour ago', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const now = 10 * HOUR_MS;
    const store = openedSqlite(':memory:', { clock: () => now });
    const [old, recent] = [put('old', 1, { expiresAt: now - HOUR_MS - 1 }), put('recent', 1, { expiresAt: now - HOUR_MS + 1 })];
    await store.commit(command('both'), [old, recent]);
    vi.advanceTimersByTime(59_999);
    expect(await store.get([old.key, recent.key])).toMatchObject([{ data: 1 }, { data: 1 }]);
    vi.advanceTimersByTime(1);
    await expect.poll(() => store.get([old.key, recent.key])).toMatchObject([undefined, { data: 1 }]);
  });
});

describe('a store that a newer program migrates while it is open', () => {
  it('writes nothing to a file of another format, neither by commits nor by dropExpired', () => {
    const path = tempFile();
    const { commits, sorts } = opened(path);
    commits.write([committing(put('a', 1, { expiresAt: 1 }))]);
    const newer = openForWriting(path);
    newer.pragma('user_version = 7');
    newer.close();
    expect(() => commits.write([committing(put('b', 1))])).toThrow('format 7 by now; this program writes 3');
    expect(() => commits.dropExpired(5)).toThrow('format 7 by now; this program writes 3');
    expect(sorts()).toEqual(['a']);
  });

  it('fails commits as unavailable, and can still be read', async () => {
    const path = tempFile();
    const store = openedSqlite(path);
    await store.commit(command('before'), [put('a', 1)]);
    const newer = openForWriting(path);
    newer.pragma('user_version = 7');
    newer.close();
    await expect(store.commit(command('after'), [put('b', 1)])).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'the store has format 7 by now; this program writes 3',
    });
    expect(await store.get([put('a', 0).key, put('b', 0).key])).toMatchObject([{ data: 1 }, undefined]);
  });
});
