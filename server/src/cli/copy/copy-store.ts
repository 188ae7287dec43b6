import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { openBulkStore } from '../../composition/open-store.ts';
import type { StoreSetting } from '../../config/config.ts';
import type { BulkStore, CopyCheckpoint } from '../../storage/bulk-store.ts';
import { copyCheckpointKey } from '../../storage/keys.ts';
import { StoreError, StoreSetupError } from '../../storage/store.ts';
import type { ProgressReporter } from '../progress.ts';
import { CopyLock } from './checkpoint.ts';
import { differencesBetween, presentSummary, type Summary, summaryOf } from './compare.ts';

export interface CopyOptions {
  readonly from: StoreSetting;
  readonly to: StoreSetting;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly tell: ProgressReporter;
}

/** What was copied: items by their kind, money by currency. */
export type Copied = Pick<CopyCheckpoint, 'from' | 'to'> & ReturnType<typeof presentSummary>;

/**
 * Copies a store into an empty one, item for item, or goes on with a copy that was stopped; then reads both and compares.
 * Versions only grow and nothing but what has expired is ever dropped. So if the source still reads, after the copying,
 * as it was copied, nothing of it has changed in between, and the copy is the source as of one moment.
 * @throws UnfitStoreError where it may not begin, or the two differ in the end
 */
export async function copyStore({ from, to, clock, tell }: CopyOptions): Promise<Copied> {
  if (isSame(from, to)) throw new StoreSetupError('A store can’t be copied into itself. Name two.');
  const names = { from: nameOf(from), to: nameOf(to) };
  const source = await openBulkStore(from, 'source');
  try {
    const [unfinished] = await source.get([copyCheckpointKey()]);
    if (unfinished) throw new StoreSetupError(`${names.from} is itself the unfinished target of a copy: finish that one first.`);
    const target = await openBulkStore(to, 'target');
    try {
      const summary = await CopyLock.take(target, { ...names, started: new Date(clock()).toISOString() })
        .then((hold) => copyWhole(source, target, hold, clock, tell))
        .catch(tellHowToGoOn);
      return { ...names, ...presentSummary(summary) };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyWhole(
  source: BulkStore,
  target: BulkStore,
  hold: CopyLock,
  clock: () => number,
  tell: ProgressReporter,
): Promise<Summary> {
  const total = await source.size();
  await copyItems(source, target, hold, (done) => tell('copying', done, total));
  const summary = await compare(source, target, hold, clock(), (done) => tell('checking', done, 2 * total + 1)); // with the mark
  await hold.release();
  return summary;
}

function tellHowToGoOn(thrown: unknown): never {
  if (!(thrown instanceof StoreError)) throw thrown;
  throw new StoreSetupError(`The copy has stopped: ${thrown.message}. Run it again, and it goes on from there.`, thrown);
}

async function copyItems(source: BulkStore, target: BulkStore, hold: CopyLock, onDone: (done: number) => void): Promise<void> {
  let { copied } = hold.mark;
  onDone(copied);
  for await (const { items, next } of source.pages(hold.mark.position ?? undefined)) {
    await target.put(items);
    copied += items.length;
    if (next) await hold.moveTo(next, copied);
    onDone(copied);
  }
}

async function compare(
  source: BulkStore,
  target: BulkStore,
  hold: CopyLock,
  now: number,
  onDone: (done: number) => void,
): Promise<Summary> {
  let done = 0;
  const onPage = (items: number): void => {
    done += items;
    onDone(done);
  };
  const [there, here] = await Promise.all([summaryOf(source, now, onPage), summaryOf(target, now, onPage)]);
  const differences = differencesBetween(there, here);
  if (differences.length === 0) return here;
  await hold.reset();
  throw new StoreSetupError(
    [
      `${hold.mark.to} is not yet a copy of ${hold.mark.from}:`,
      ...differences.map((line) => `  - ${line}`),
      'Something was written to one of them meanwhile. Stop what uses them and run the same copy again, which then copies everything anew.',
    ].join('\n'),
  );
}

/** The same from whatever folder it is named. */
function nameOf(setting: StoreSetting): string {
  return setting.kind === 'sqlite' ? `sqlite:${resolve(setting.path)}` : `dynamodb:${setting.table}`;
}

function isSame(from: StoreSetting, to: StoreSetting): boolean {
  if (from.kind === 'dynamodb' || to.kind === 'dynamodb') return nameOf(from) === nameOf(to);
  const [there, here] = [from, to].map(({ path }) => statSync(path, { throwIfNoEntry: false }));
  return there !== undefined && here !== undefined && there.dev === here.dev && there.ino === here.ino;
}
