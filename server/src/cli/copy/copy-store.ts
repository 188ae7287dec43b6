import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openBulkStore } from '../../composition/open-store.ts';
import type { StoreSetting } from '../../config/config.ts';
import type { BulkStore, CopyCheckpoint } from '../../storage/bulk-store.ts';
import { copyCheckpointKey } from '../../storage/keys.ts';
import { StoreError, StoreSetupError } from '../../storage/store.ts';
import type { ProgressReporter } from '../progress.ts';
import { CopyLock } from './checkpoint.ts';
import { differencesBetween, presentSummary, type Summary, summarize } from './compare.ts';

export interface CopyOptions {
  readonly from: StoreSetting;
  readonly to: StoreSetting;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly report: ProgressReporter;
}

/** Number of items by kind, and totals of the loans by currency. */
export type Copied = Pick<CopyCheckpoint, 'from' | 'to'> & ReturnType<typeof presentSummary>;

/**
 * Copies a store into an empty one, or resumes a copy that was stopped, then reads both and compares them. Versions
 * only grow, and only expired items are deleted: if the source still equals the copy afterwards, it did not change in
 * between, and the copy is consistent.
 * @throws StoreSetupError if the stores are not suitable, or differ in the end
 */
export async function copyStore({ from, to, clock, report }: CopyOptions): Promise<Copied> {
  if (isSame(from, to)) throw new StoreSetupError('A store can’t be copied into itself.');
  const names = { from: nameOf(from), to: nameOf(to) };
  const source = await openBulkStore(from, 'source');
  try {
    const [unfinished] = await source.get([copyCheckpointKey()]);
    if (unfinished) throw new StoreSetupError(`${names.from} is itself the unfinished target of a copy: finish that copy first.`);
    const target = await openBulkStore(to, 'target');
    try {
      const summary = await CopyLock.acquire(target, { ...names, started: new Date(clock()).toISOString() })
        .then((lock) => copyAndCompare(source, target, lock, clock, report))
        .catch(explainHowToResume);
      return { ...names, ...presentSummary(summary) };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyAndCompare(
  source: BulkStore,
  target: BulkStore,
  lock: CopyLock,
  clock: () => number,
  report: ProgressReporter,
): Promise<Summary> {
  const total = await source.size();
  await copyItems(source, target, lock, (done) => report('copying', done, total));
  const reads = 2 * total + 1; // both stores, and the checkpoint
  const summary = await compare(source, target, lock, clock(), (done) => report('checking', done, reads));
  await lock.release();
  return summary;
}

function explainHowToResume(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  throw new StoreSetupError(`The copy has stopped: ${error.message}. Run it again to resume.`, error);
}

async function copyItems(source: BulkStore, target: BulkStore, lock: CopyLock, onDone: (done: number) => void): Promise<void> {
  let { copied } = lock.checkpoint;
  onDone(copied);
  for await (const { items, next } of source.pages(lock.checkpoint.position ?? undefined)) {
    await target.put(items);
    copied += items.length;
    if (next) await lock.moveTo(next, copied);
    onDone(copied);
  }
}

async function compare(
  source: BulkStore,
  target: BulkStore,
  lock: CopyLock,
  now: number,
  onDone: (done: number) => void,
): Promise<Summary> {
  let done = 0;
  const onPage = (items: number): void => {
    done += items;
    onDone(done);
  };
  const [expected, copied] = await Promise.all([summarize(source, now, onPage), summarize(target, now, onPage)]);
  const differences = differencesBetween(expected, copied);
  if (differences.length === 0) return copied;
  await lock.reset();
  throw new StoreSetupError(
    [
      `${lock.checkpoint.to} differs from ${lock.checkpoint.from}:`,
      ...differences.map((line) => `  - ${line}`),
      'One of them has changed meanwhile. Stop what uses them and run the same copy again, which then copies everything again.',
    ].join('\n'),
  );
}

/** With an absolute path, so that it does not depend on the current folder. */
function nameOf(setting: StoreSetting): string {
  return setting.kind === 'sqlite' ? `sqlite:${resolve(setting.path)}` : `dynamodb:${setting.table}`;
}

function isSame(from: StoreSetting, to: StoreSetting): boolean {
  if (from.kind === 'dynamodb' || to.kind === 'dynamodb') return nameOf(from) === nameOf(to);
  const [there, here] = [from, to].map(({ path }) => statSync(path, { throwIfNoEntry: false }));
  return there !== undefined && here !== undefined && there.dev === here.dev && there.ino === here.ino;
}
