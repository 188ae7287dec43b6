import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.ts';

/** A queue whose running item ends when `finish` is called. */
function openQueue(waitingMax = 10, concurrency?: number) {
  const processed: string[] = [];
  const errors: unknown[] = [];
  const running: PromiseWithResolvers<void>[] = [];
  const queue = new WorkQueue<string>({
    process(item) {
      processed.push(item);
      const result = Promise.withResolvers<void>();
      running.push(result);
      return result.promise;
    },
    onError: (error) => errors.push(error),
    waitingMax,
    ...(concurrency !== undefined && { concurrency }),
  });
  return {
    queue,
    processed,
    errors,
    finish: () => running.shift()?.resolve(),
    fail: (error: Error) => running.shift()?.reject(error),
  };
}

describe('WorkQueue', () => {
  it('processes items one at a time, dropping duplicates', async () => {
    const { queue, processed, finish } = openQueue();
    for (const item of ['a', 'b', 'b', 'c', 'b']) queue.add(item);
    expect(processed).toEqual(['a']);
    finish();
    await expect.poll(() => processed).toEqual(['a', 'b']);
    finish();
    await expect.poll(() => processed).toEqual(['a', 'b', 'c']);
  });

  it('processes an item again that was added while it was processed', async () => {
    const { queue, processed, finish } = openQueue();
    queue.add('a');
    queue.add('a');
    finish();
    await expect.poll(() => processed).toEqual(['a', 'a']);
    finish();
    finish();
    queue.add('a');
    await expect.poll(() => processed).toEqual(['a', 'a', 'a']);
  });

  it('processes as many items at the same time as it may, and none twice at the same time', async () => {
    const { queue, processed, finish } = openQueue(10, 2);
    for (const item of ['a', 'b', 'c']) queue.add(item);
    expect(processed).toEqual(['a', 'b']);
    queue.add('b');
    finish();
    await expect.poll(() => processed).toEqual(['a', 'b', 'c']);
    finish();
    await expect.poll(() => processed).toEqual(['a', 'b', 'c', 'b']);
  });

  it('drops items above its limit, and waiting items when stopped', async () => {
    const { queue, processed, finish } = openQueue(2);
    for (const item of ['a', 'b', 'c', 'd']) queue.add(item);
    finish();
    await expect.poll(() => processed).toEqual(['a', 'b']);
    const stopped = queue.stop();
    finish();
    await stopped;
    queue.add('e');
    expect(processed).toEqual(['a', 'b']);
  });

  it('reports an error and continues with the next item', async () => {
    const { queue, processed, errors, fail } = openQueue();
    queue.add('a');
    queue.add('b');
    fail(new Error('a failed'));
    await expect.poll(() => processed).toEqual(['a', 'b']);
    expect(errors).toEqual([new Error('a failed')]);
  });
});
