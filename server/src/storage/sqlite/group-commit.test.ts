import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openedSqlite, put, tempFile } from '../../testing/process/temp-store.ts';
import { command, commit } from '../contract/helpers.ts';
import { type CommitResult, StoreError, type Write } from '../store.ts';
import { toRow } from './commits.ts';
import { openForWriting } from './connection.ts';
import { GroupCommit } from './group-commit.ts';
import { Reads } from './reads.ts';
import type { WriterRequest, WriterResponse } from './writer-protocol.ts';
import { LocalWriter, type Writer } from './writers.ts';

/** A writer on a real database, which tells what it was sent and holds its answers back when asked to. */
class WatchedWriter implements Writer {
  readonly database = openForWriting(':memory:');
  readonly done: string[] = [];
  gate: Promise<void> = Promise.resolve();
  readonly #writer = new LocalWriter(this.database);

  async send(order: WriterRequest): Promise<WriterResponse> {
    await this.gate;
    this.done.push(order.kind === 'write' ? `write ${order.commits.length}` : order.kind);
    return this.#writer.send(order);
  }

  async close(): Promise<void> {
    this.done.push('close');
    await this.#writer.close();
  }
}

function grouped(waitingMax = 10_000) {
  const writer = new WatchedWriter();
  const group = new GroupCommit(writer, waitingMax);
  onTestFinished(() => group.close());
  const reads = new Reads(writer.database);
  return {
    writer,
    group,
    send: (write: Write): Promise<CommitResult> => group.commit({ command: command(write.key.sort), rows: [toRow(write)] }),
    sorts: () => reads.list({ partition: 'things', prefix: '', limit: 10_000 }).map(({ key }) => key.sort),
  };
}

describe('commits that arrive together', () => {
  it('are written in few batches, each answered for itself', async () => {
    const { send, sorts, writer } = grouped();
    const results = await Promise.all(Array.from({ length: 1000 }, (_, index) => send(put(`${index}`, index))));
    expect(results).toEqual(results.map(() => ({ committed: true })));
    expect(sorts()).toHaveLength(1000);
    expect(writer.done).toEqual(['write 256', 'write 256', 'write 256', 'write 232']);
  });

  it('gather while a batch is being written', async () => {
    const { send, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const first = send(put('first', 1));
    await turn();
    const others = ['b', 'c', 'd'].map((sort) => send(put(sort, 1)));
    await turn();
    gate.resolve();
    await Promise.all([first, ...others]);
    expect(writer.done).toEqual(['write 1', 'write 3']);
  });

  it('are answered once their batch is written, not before', async () => {
    const { send, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const answered = vi.fn();
    const result = send(put('a', 1)).finally(answered);
    for (let mutex = 0; mutex < 10; mutex += 1) await turn();
    expect(answered).not.toHaveBeenCalled();
    gate.resolve();
    expect(await result).toEqual({ committed: true });
  });

  it('are written in the order in which they came, each upon those before it', async () => {
    const { send, writer } = grouped();
    const results = await Promise.all([0, 1, 2, 3].map((expected) => send(put('counter', expected + 1, { expected }))));
    expect(results).toEqual(results.map(() => ({ committed: true })));
    expect(writer.done).toEqual(['write 4']);
  });

  it('are not touched by one among them that is refused', async () => {
    const { group, send, sorts, writer } = grouped();
    const [before, refused, ...after] = await Promise.all([
      send(put('before', 1)),
      group.commit({ command: command('refused'), rows: [put('new', 1), put('before', 2), put('newer', 1)].map(toRow) }),
      send(put('after', 1)),
      send(put('at last', 1)),
    ]);
    expect([before, ...after]).toEqual([{ committed: true }, { committed: true }, { committed: true }]);
    expect(refused).toMatchObject({ committed: false });
    expect(sorts()).toEqual(['after', 'at last', 'before']);
    expect(writer.done).toEqual(['write 4']);
  });
});

describe('a batch that fails', () => {
  it('fails whole, and what comes after it is written', async () => {
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

  it('does not keep those behind it in the queue from being written', async () => {
    const { send, sorts, writer } = grouped();
    const gate = Promise.withResolvers<void>();
    writer.gate = gate.promise;
    const failed = send(put('failed', 1));
    await turn();
    const behind = send(put('behind', 1));
    writer.gate = Promise.resolve();
    gate.reject(new StoreError('unavailable', 'the disk is away'));
    await expect(failed).rejects.toThrow('the disk is away');
    expect(await behind).toEqual({ committed: true });
    expect(sorts()).toEqual(['behind']);
  });
});

describe('a queue that is full', () => {
  it('refuses what comes as busy, writes what waits, and has room again', async () => {
    const store = openedSqlite(tempFile(), { waitingMax: 10 });
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, (_, index) => commit(store, put(`${index}`, index))));
    const [accepted, refused] = [outcomes.slice(0, 10), outcomes.slice(10)];
    expect(accepted).toEqual(accepted.map(() => ({ status: 'fulfilled', value: { committed: true } })));
    for (const outcome of refused) expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'busy' } });
    expect(await store.list({ partition: 'things', prefix: '', limit: 100 })).toHaveLength(10);
    expect(await commit(store, put('later', 1))).toEqual({ committed: true });
  });
});

describe('cleaning', () => {
  it('goes on, some at a time, until all that expired is dropped', async () => {
    const { group, send, sorts, writer } = grouped();
    await Promise.all(Array.from({ length: 1200 }, (_, index) => send(put(`${index}`, 1, { expiresAt: 5 }))));
    writer.done.length = 0;
    await group.dropExpired(10);
    expect(writer.done).toEqual(['drop', 'drop', 'drop']);
    await send(put('new', 1));
    expect(sorts()).toEqual(['new']);
  });
});

describe('closing', () => {
  it('writes all that waits first, then refuses as busy', async () => {
    const { group, send, writer } = grouped();
    const accepted = Array.from({ length: 300 }, (_, index) => send(put(`${index}`, index)));
    const closed = group.close();
    await expect(send(put('late', 1))).rejects.toMatchObject({ kind: 'busy', message: 'the store is closing' });
    await Promise.all([...accepted, closed, group.close()]);
    expect(writer.done).toEqual(['write 256', 'write 44', 'close']);
  });

  it('lets no cleaning start any more', async () => {
    const { group, writer } = grouped();
    await group.dropExpired(1);
    await group.close();
    await group.dropExpired(2);
    expect(writer.done).toEqual(['drop', 'close']);
  });
});
