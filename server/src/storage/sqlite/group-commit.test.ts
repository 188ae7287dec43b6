import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openedSqlite, put, tempFile } from '../../testing/process/temp-store.ts';
import { command, commit } from '../contract/helpers.ts';
import { type CommitResult, StoreError, type Write } from '../store.ts';
import { encodeCommit } from './commit-text.ts';
import { openForWriting } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import { Reads } from './reads.ts';
import type { WriterRequest, WriterResponse } from './writer-protocol.ts';
import { LocalWriter, type Writer } from './writers.ts';

/** A writer on a real database that records its requests, and executes them once its gate is open. */
class GatedWriter implements Writer {
  readonly database = openForWriting(':memory:');
  readonly done: string[] = [];
  gate: Promise<void> = Promise.resolve();
  readonly #writer = new LocalWriter(this.database);

  async send(request: WriterRequest): Promise<WriterResponse> {
    await this.gate;
    this.done.push(request.kind === 'write' ? `write ${request.commits.length}` : request.kind);
    return this.#writer.send(request);
  }

  async close(): Promise<void> {
    this.done.push('close');
    await this.#writer.close();
  }
}

function grouped(waitingMax = 10_000) {
  const writer = new GatedWriter();
  const group = new GroupCommit(writer, waitingMax);
  onTestFinished(() => group.close());
  const reads = new Reads(writer.database);
  return {
    writer,
    group,
    send: (write: Write): Promise<CommitResult> => group.commit(encodeCommit(command(write.key.sort), [write])),
    sorts: () => reads.list({ partition: 'things', prefix: '', limit: 10_000 }).map(({ key }) => key.sort),
  };
}

describe('commits of one batch', () => {
  it('writes concurrent commits in few batches, each with its own result', async () => {
    const { send, sorts, writer } = grouped();
    const results = await Promise.all(Array.from({ length: 1000 }, (_, index) => send(put(`${index}`, index))));
    expect(results).toEqual(results.map(() => ({ committed: true })));
    expect(sorts()).toHaveLength(1000);
    expect(writer.done).toEqual(['write 256', 'write 256', 'write 256', 'write 232']);
  });

  it('gather while the previous batch is written', async () => {
    const { send, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const first = send(put('first', 1));
    await nextTick();
    const others = ['b', 'c', 'd'].map((sort) => send(put(sort, 1)));
    await nextTick();
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(writer.done).toEqual(['write 1', 'write 3']);
  });

  it('resolve when their batch is written, not before', async () => {
    const { send, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const onSettled = vi.fn();
    const result = send(put('a', 1)).finally(onSettled);
    for (let tick = 0; tick < 10; tick += 1) await nextTick();
    expect(onSettled).not.toHaveBeenCalled();
    gate.resolve();
    expect(await result).toEqual({ committed: true });
  });

  it('writes commits in the order of the calls, each on the result of those before', async () => {
    const { send, writer } = grouped();
    const results = await Promise.all([0, 1, 2, 3].map((expected) => send(put('counter', expected + 1, { expected }))));
    expect(results).toEqual(results.map(() => ({ committed: true })));
    expect(writer.done).toEqual(['write 4']);
  });

  it('succeed although one of them fails its condition', async () => {
    const { group, send, sorts, writer } = grouped();
    const [before, failed, ...after] = await Promise.all([
      send(put('before', 1)),
      group.commit(encodeCommit(command('failed'), [put('new', 1), put('before', 2), put('newer', 1)])),
      send(put('after', 1)),
      send(put('at last', 1)),
    ]);
    expect([before, ...after]).toEqual([{ committed: true }, { committed: true }, { committed: true }]);
    expect(failed).toMatchObject({ committed: false });
    expect(sorts()).toEqual(['after', 'at last', 'before']);
    expect(writer.done).toEqual(['write 4']);
  });
});

describe('a failed batch', () => {
  it('writes none of its commits, and later ones work', async () => {
    const { send, sorts, writer } = grouped();
    await send(put('before', 1));
    writer.database.pragma(`max_page_count = ${Number(writer.database.pragma('page_count', { simple: true })) + 4}`);
    const failed = await Promise.allSettled([send(put('small', 1)), send(put('large', 'x'.repeat(100_000))), send(put('last', 1))]);
    for (const outcome of failed) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { kind: 'unavailable', message: 'database or disk is full' },
      });
    }
    expect(sorts()).toEqual(['before']);
    expect(await send(put('after', 1))).toEqual({ committed: true });
    writer.database.pragma('max_page_count = 100000');
    expect(await send(put('large', 'x'.repeat(100_000)))).toEqual({ committed: true });
    expect(sorts()).toEqual(['after', 'before', 'large']);
  });

  it('a failed batch does not affect the commits queued after it', async () => {
    const { send, sorts, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const failed = send(put('failed', 1));
    await nextTick();
    const next = send(put('next', 1));
    writer.gate = Promise.resolve();
    gate.reject(new StoreError('unavailable', 'no disk'));
    await expect(failed).rejects.toThrow('no disk');
    expect(await next).toEqual({ committed: true });
    expect(sorts()).toEqual(['next']);
  });
});

describe('a full queue', () => {
  it('rejects further commits as busy, writes the queued ones, and then accepts again', async () => {
    const store = openedSqlite(tempFile(), { waitingMax: 10 });
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => commit(store, put(`${index}`, index))));
    const [accepted, rejected] = [outcomes.slice(0, 10), outcomes.slice(10)];
    expect(accepted).toEqual(accepted.map(() => ({ status: 'fulfilled', value: { committed: true } })));
    for (const outcome of rejected) expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'busy' } });
    expect(await store.list({ partition: 'things', prefix: '', limit: 100 })).toHaveLength(10);
    expect(await commit(store, put('later', 1))).toEqual({ committed: true });
  });
});

describe('dropExpired', () => {
  it('sends requests until all expired items are deleted', async () => {
    const { group, send, sorts, writer } = grouped();
    await Promise.all(Array.from({ length: 1200 }, (_, index) => send(put(`${index}`, 1, { expiresAt: 5 }))));
    writer.done.length = 0;
    await group.dropExpired(10);
    expect(writer.done).toEqual(['drop', 'drop', 'drop']);
    await send(put('new', 1));
    expect(sorts()).toEqual(['new']);
  });
});

describe('close', () => {
  it('writes all queued commits, and rejects later ones as busy', async () => {
    const { group, send, writer } = grouped();
    const accepted = Array.from({ length: 300 }, (_, index) => send(put(`${index}`, index)));
    const closed = group.close();
    await expect(send(put('late', 1))).rejects.toMatchObject({ kind: 'busy', message: 'the store is closing' });
    await Promise.all([...accepted, closed, group.close()]);
    expect(writer.done).toEqual(['write 256', 'write 44', 'close']);
  });

  it('starts no dropExpired any more', async () => {
    const { group, writer } = grouped();
    await group.dropExpired(1);
    await group.close();
    await group.dropExpired(2);
    expect(writer.done).toEqual(['drop', 'close']);
  });
});

describe('a batch that gets no lock', () => {
  /** A writer that is busy for a while, and records how long it may wait. */
  function busyWriter(busyTimes: number) {
    const waits: number[] = [];
    const writer: Writer = {
      async send(request) {
        if (request.kind !== 'write') return { dropped: 0 };
        waits.push(request.lockWaitMs);
        if (waits.length <= busyTimes) return { error: 'busy', message: 'database is locked' };
        return { results: request.commits.map(() => ({ committed: true })) };
      },
      close: async () => {},
    };
    const group = new GroupCommit(writer, 10);
    return { waits, commit: (deadline: number) => group.commit(encodeCommit(command('c'), [put('a', 1)]), deadline) };
  }

  it('waits until its earliest deadline, fails the commits that are due then, and retries the others', async () => {
    const { waits, commit } = busyWriter(1);
    const [due, later] = await Promise.allSettled([commit(performance.now() - 1), commit(performance.now() + 4000)]);
    expect(due).toMatchObject({ status: 'rejected', reason: { kind: 'busy' } });
    expect(later).toEqual({ status: 'fulfilled', value: { committed: true } });
    const [first, second = 0] = waits;
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(4000);
  });

  it('does not wait for commits whose deadlines have passed', async () => {
    const { waits, commit } = busyWriter(Infinity);
    for (const _ of [1, 2, 3]) await expect(commit(performance.now() - 1)).rejects.toMatchObject({ kind: 'busy' });
    expect(waits).toEqual([0, 0, 0]);
  });
});
