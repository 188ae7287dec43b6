import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseEmail } from '../../domain/email.ts';
import { put } from '../../testing/process/temp-store.ts';
import { command } from '../contract/helpers.ts';
import { lenderIndex } from '../index-keys.ts';
import type { Put, Write } from '../store.ts';
import { encodeCommit } from './commit-text.ts';
import { Commits } from './commits.ts';
import { openForWriting } from './connection.ts';
import { MOVED_MAX, RECENT_MAX } from './index-entries.ts';
import { Reads } from './reads.ts';

interface Opened {
  readonly database: Database;
  readonly commits: Commits;
  readonly reads: Reads;
}

function opened(): Opened {
  const database = openForWriting(':memory:');
  onTestFinished(() => void database.close());
  return { database, commits: new Commits(database), reads: new Reads(database) };
}

const email = parseEmail('ana@example.com');
if (!email) throw new TypeError('no address');
const OF_ANA = lenderIndex({ email });

/** The index partition of an address. */
function partitionOf(name: string): string {
  return OF_ANA.replace('ana', name);
}

/** An item that the index has under an address. */
function addressed(name: string, more: Partial<Put> = {}): Put {
  return put(name, 1, { index: { partition: partitionOf(name), sort: '5' }, ...more });
}

function write({ commits }: Pick<Opened, 'commits'>, ...writes: readonly Write[]): boolean {
  return commits.write([encodeCommit(command('test'), writes)]).every(({ committed }) => committed);
}

function found({ reads }: Opened, name: string): string[] {
  return reads.listIndex({ partition: partitionOf(name), limit: 10 }).map(({ key }) => key.sort);
}

/** The number of entries that wait, and of those that were moved. */
function counts({ database }: Pick<Opened, 'database'>): number[] {
  return ['SELECT total(count) FROM recent', 'SELECT count(*) FROM entry'].map((sql) =>
    Number(database.prepare(sql).pluck().get()),
  );
}

/** Adds so many items that the waiting entries have to be moved. The items are named by numbers. */
function fill(store: Pick<Opened, 'commits'>, count = RECENT_MAX): void {
  for (let name = 0; name < count; name += 1000)
    write(store, ...Array.from({ length: Math.min(1000, count - name) }, (_, index) => addressed(`${name + index}`)));
}

/** Writes until all that had to be moved is moved. */
function settle(store: Pick<Opened, 'commits'>, name = 'settle'): void {
  for (let batch = 0; batch <= RECENT_MAX / MOVED_MAX; batch += 1) write(store, put(`${name}#${batch}`, 1));
}

describe('index entries of addresses', () => {
  it('are found while they wait, and when they are moved', () => {
    const store = opened();
    fill(store);
    expect(counts(store)).toEqual([RECENT_MAX, 0]);
    expect(found(store, '17')).toEqual(['17']);
    settle(store);
    expect(counts(store)).toEqual([0, RECENT_MAX]);
    expect(found(store, '17')).toEqual(['17']);
  });

  it('are found once while they are moved, some with each batch', () => {
    const store = opened();
    fill(store);
    for (let batch = 1; batch <= 3; batch += 1) {
      write(store, put(`batch#${batch}`, 1));
      expect(counts(store)).toEqual([RECENT_MAX, batch * MOVED_MAX]);
      for (const name of ['0', '17', '9999']) expect(found(store, name)).toEqual([name]);
    }
  });

  it('wait on when the batch that moves them fails', () => {
    const store = opened();
    fill(store);
    write(store, put('a', 1));
    expect(write(store, put('a', 2))).toBe(false);
    store.database.exec("CREATE TRIGGER full BEFORE INSERT ON item WHEN NEW.sort = 'b' BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(() => write(store, put('b', 1))).toThrow('full');
    settle(store);
    expect(counts(store)).toEqual([0, RECENT_MAX]);
  });

  it('are not moved for items that were changed or deleted meanwhile', () => {
    const store = opened();
    fill(store);
    write(store, put('1', 2, { expected: 1 }), { key: put('2', 0).key, expected: 1, isDelete: true });
    write(store, addressed('3', { expected: 1, index: { partition: partitionOf('new'), sort: '6' } }));
    settle(store);
    expect(['1', '2', '3', '4', 'new'].map((name) => found(store, name))).toEqual([[], [], [], ['4'], ['3']]);
    expect(counts(store)).toEqual([1, RECENT_MAX - 3]);
  });

  it('are moved by the next process after a stop', () => {
    const store = opened();
    fill(store);
    write(store, put('begun', 1));
    const next = { ...store, commits: new Commits(store.database) };
    settle(next);
    expect(counts(next)).toEqual([0, RECENT_MAX]);
  });

  it('are moved correctly by two processes at once', () => {
    const store = opened();
    fill(store);
    const other = { ...store, commits: new Commits(store.database) };
    write(store, put('one', 1));
    write(other, put('other', 1));
    write(other, put('7', 2, { expected: 1 }));
    settle(store);
    settle(other, 'other');
    expect(found(store, '7')).toEqual([]);
    expect(found(store, '8')).toEqual(['8']);
    expect(counts(store)).toEqual([0, RECENT_MAX - 1]);
  });

  it('wait on where another process has begun to move those before, and none waited in between', () => {
    const store = opened();
    fill(store);
    const other = { ...store, commits: new Commits(store.database) };
    write(other, put('begun', 1));
    settle(store);
    write(store, addressed('a'), addressed('b'));
    settle(other, 'other');
    expect(['a', 'b', '17'].map((name) => found(store, name))).toEqual([['a'], ['b'], ['17']]);
  });

  it('wait for others where another process has moved those before', () => {
    const store = opened();
    fill(store);
    const other = { ...store, commits: new Commits(store.database) };
    settle(store);
    for (const name of ['a', 'b', 'c']) write(other, addressed(name));
    expect(counts(store)).toEqual([3, RECENT_MAX]);
  });

  it('are distinguished where their tags are equal', () => {
    const store = opened();
    const [one, other] = [partitionOf('plumless'), partitionOf('buckeroo')];
    expect(crc32(one)).toBe(crc32(other));
    write(
      store,
      put('one', 1, { index: { partition: one, sort: '1' } }),
      put('other', 1, { index: { partition: other, sort: '1' } }),
    );
    expect(store.reads.listIndex({ partition: one, limit: 10 })).toHaveLength(1);
  });
});
