import { contention } from '../domain/errors.ts';
import { waitWithFullJitter } from '../storage/full-jitter.ts';
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
/** @internal exported for tests */
export const RECOVERIES_MAX = 20;

export interface Decision<Result> {
  readonly result: Result;
  /** Empty where nothing changes. */
  readonly writes: readonly Write[];
  /** Default: every key that the decision read. Set it where the decision depends on fewer. */
  readonly readSet?: readonly Key<unknown>[];
}

export interface DecisionTask<Result> {
  /** The keys of all that the decision needs, except for those that `moreKeys` adds. */
  readonly keys: readonly Key<unknown>[];
  /** Further keys, which the items at `keys` refer to. */
  moreKeys?(view: View): readonly Key<unknown>[];
  /** Pure: the same view gives the same decision, or throws the same error. */
  decide(view: View): Decision<Result>;
  /**
   * Returns an action that may remove the cause of an error. If it resolves to true, it has changed something, and the task is
   * decided again.
   */
  recover?(error: unknown, view: View): (() => Promise<boolean>) | undefined;
  /** Whether the first attempt may use the view cache in place of a read. */
  readonly mayUseCache?: boolean;
  /** Of `Store.commit`. */
  readonly deadline?: number;
}

/**
 * Decides a task and commits its writes, retrying on version conflicts.
 * @throws what `decide` throws from consistent reads; DomainError `SERVICE_UNAVAILABLE` after too many conflicts or recoveries;
 * StoreError
 */
export async function decideAndCommit<Result>(services: CoreServices, task: DecisionTask<Result>): Promise<Result> {
  let snapshot = cachedSnapshot(services, task) ?? (await readSnapshot(services, task.keys));
  let recoveries = 0;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; ) {
    const view = new View(snapshot);
    const moreKeys = task.moreKeys?.(view) ?? [];
    const keys = [...task.keys, ...moreKeys];
    const attempted = moreKeys.every((key) => snapshot.has(keyText(key))) ? attemptDecision(task, view) : undefined;
    if (!attempted || !(snapshot.isRead || snapshot.isConsistent(readSet(attempted, view)))) {
      snapshot = await readSnapshot(services, keys);
      attempt += 1;
      continue;
    }
    if ('error' in attempted) {
      const recovery = task.recover?.(attempted.error, view);
      if (!recovery) throw attempted.error;
      if (recoveries === RECOVERIES_MAX) throw contention(attempted.error);
      if (!(await recovery())) throw attempted.error;
      recoveries += 1;
      snapshot = await readSnapshot(services, keys);
      continue;
    }
    const { result, writes } = attempted;
    if (writes.length === 0) return result;
    const commit = await tryCommit(services, writes, task.deadline);
    if (commit.committed) return result;
    snapshot = snapshot.afterConflict(writes, commit.current);
    if (attempt > ATTEMPTS_WITHOUT_PAUSE) await waitWithFullJitter(services.random, PAUSE_MS_MAX);
    attempt += 1;
  }
  throw contention();
}

/** Returns errors instead of throwing them: stale cached items may cause one, so it is final only from consistent reads. */
function attemptDecision<Result>(task: DecisionTask<Result>, view: View): Decision<Result> | { readonly error: unknown } {
  try {
    return task.decide(view);
  } catch (error) {
    return { error };
  }
}

/** The keys that a decision depends on and does not write. They need a consistent read; the commit checks the others. */
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
  for (const [index, key] of keys.entries()) viewCache?.put(key, items[index]);
  return Snapshot.read(keys, items);
}

async function tryCommit(
  { store, viewCache, ids, changes }: CoreServices,
  writes: readonly Write[],
  deadline: number | undefined,
): Promise<CommitResult> {
  const id = ids.command();
  try {
    const result = await store.commit(id, writes, deadline);
    viewCache?.update(id, writes, result);
    if (result.committed) changes.notifyOf(writes);
    return result;
  } catch (thrown) {
    viewCache?.invalidate(writes);
    throw thrown;
  }
}
