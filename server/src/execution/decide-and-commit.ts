import { setTimeout as pause } from 'node:timers/promises';
import { contention } from '../domain/errors.ts';
import { type CommitResult, type Key, keyText, type Write } from '../storage/store.ts';
import type { CoreServices } from './services.ts';
import { Snapshot, View } from './view.ts';

/*
 * Optimistic concurrency control: read a snapshot, decide without I/O, commit on the condition that the written items are still at
 * the versions that were read. On a version conflict, decide again from what is stored now.
 */

/**
 * Attempts before giving up: the first retries follow at once, the later ones after a random pause.
 * @internal exported for tests
 */
export const ATTEMPTS_MAX = 10;
const ATTEMPTS_WITHOUT_PAUSE = 3;
const PAUSE_MS_MAX = 40;

export interface Decision<Result> {
  readonly result: Result;
  /** Empty where nothing is to change. */
  readonly writes: readonly Write[];
  /** Left out: all that the decision read. To be set where it depends on less than that. */
  readonly readSet?: readonly Key<unknown>[];
}

export interface DecisionTask<Result> {
  /** All that the decision needs, unless `alsoRead` adds to it. */
  readonly keys: readonly Key<unknown>[];
  /** Further keys, which the items at `keys` name. */
  alsoRead?(view: View): readonly Key<unknown>[];
  /** Pure: the same view gives the same decision, or throws the same error. */
  decide(view: View): Decision<Result>;
  /** Returns what may remove the cause of an error. It is run at most once, and then the task is decided again. */
  recover?(error: unknown, view: View): (() => Promise<void>) | undefined;
  /** Whether the first attempt may use the view cache in place of a read. */
  readonly mayUseCache?: boolean;
}

/**
 * Decides a task and commits its writes, retrying on version conflicts.
 * @throws what `decide` throws from consistent reads; DomainError `SERVICE_UNAVAILABLE` after too many conflicts; StoreError
 */
export async function decideAndCommit<Result>(services: CoreServices, task: DecisionTask<Result>): Promise<Result> {
  let snapshot = cachedSnapshot(services, task) ?? (await readSnapshot(services, task.keys));
  let hasRecovered = false;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const view = new View(snapshot);
    const keys = [...task.keys, ...(task.alsoRead?.(view) ?? [])];
    const attempted = keys.every((key) => snapshot.has(key)) ? attemptDecision(task, view) : undefined;
    if (!attempted || !snapshot.isConsistent(readSet(attempted, view))) {
      snapshot = await readSnapshot(services, keys);
      continue;
    }
    if ('error' in attempted) {
      const recovery = hasRecovered ? undefined : task.recover?.(attempted.error, view);
      if (!recovery) throw attempted.error;
      await recovery();
      hasRecovered = true;
      snapshot = await readSnapshot(services, keys);
      continue;
    }
    const { result, writes } = attempted;
    if (writes.length === 0) return result;
    const committed = await tryCommit(services, writes);
    if (committed.committed) return result;
    snapshot = snapshot.afterConflict(writes, committed.current);
    if (attempt > ATTEMPTS_WITHOUT_PAUSE) await pause(services.random() * PAUSE_MS_MAX);
  }
  throw contention();
}

/** An error may come of stale items in the cache that do not fit together, so it counts only with consistent reads. */
function attemptDecision<Result>(task: DecisionTask<Result>, view: View): Decision<Result> | { readonly error: unknown } {
  try {
    return task.decide(view);
  } catch (error) {
    return { error };
  }
}

/** What a decision depends on and does not write. It must come from a consistent read; writes are checked by the commit. */
function readSet<Result>(attempted: Decision<Result> | { readonly error: unknown }, view: View): Iterable<string> {
  if ('error' in attempted) return view.reads;
  const written = new Set(attempted.writes.map(({ key }) => keyText(key)));
  return (attempted.readSet?.map(keyText) ?? [...view.reads]).filter((key) => !written.has(key));
}

function cachedSnapshot({ viewCache }: CoreServices, { keys, mayUseCache }: DecisionTask<unknown>): Snapshot | undefined {
  return mayUseCache ? viewCache?.snapshot(keys) : undefined;
}

async function readSnapshot({ store, viewCache }: CoreServices, keys: readonly Key<unknown>[]): Promise<Snapshot> {
  const items = keys.length > 0 ? await store.get(keys) : [];
  for (const [position, key] of keys.entries()) viewCache?.put(key, items[position]);
  return Snapshot.read(keys, items);
}

async function tryCommit({ store, viewCache, ids, changes }: CoreServices, writes: readonly Write[]): Promise<CommitResult> {
  const id = ids.command();
  try {
    const result = await store.commit(id, writes);
    viewCache?.update(id, writes, result);
    if (result.committed) changes.notifyOf(writes);
    return result;
  } catch (thrown) {
    viewCache?.invalidate(writes);
    throw thrown;
  }
}
