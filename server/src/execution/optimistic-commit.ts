import { setTimeout as pause } from 'node:timers/promises';
import { contention } from '../domain/errors.ts';
import type { CommitResult, Key, Write } from '../storage/store.ts';
import type { CoreServices } from './services.ts';
import { View } from './view.ts';

/**
 * How often one decision may lose a race before it is given up: the first few tries follow at once, the rest with jitter.
 * @internal exported for tests
 */
export const ATTEMPTS_MAX = 10;
const ATTEMPTS_AT_ONCE = 3;
const PAUSE_MS_MAX = 40;

export type Decision<Result> = {
  /** What it is only good for if it was seen. A commit checks all that it writes, and so needs not have seen that. */
  readonly readSet: readonly Key<unknown>[];
} & (
  | { readonly kind: 'commit'; readonly result: Result; readonly writes: readonly Write[] }
  /** Nothing is to be written: everything is as wanted already, or the answer was given before. */
  | { readonly kind: 'answer'; readonly result: Result }
  /** Or a fault, which what is remembered of several moments may bring about where it does not fit together. */
  | { readonly kind: 'refusal'; readonly refusal: unknown }
);

/** Something to be decided by what stands. */
export interface DecisionTask<Result> {
  readonly keys: readonly Key<unknown>[];
  /** Keys besides those that a look at them has shown to matter. */
  more?(view: View): readonly Key<unknown>[];
  /** What may stand there, to begin with; left out, it is looked at. */
  readonly cachedView?: View | undefined;
  /** Pure: the same from the same view. @param keys all that the view holds */
  decide(view: View, keys: readonly Key<unknown>[]): Decision<Result>;
}

/** Decides a matter from its view and commits that; decides again from what stands for each race lost. */
export async function decideAndCommit<Result>(
  services: CoreServices,
  { keys: first, more, cachedView, decide }: DecisionTask<Result>,
): Promise<Result> {
  let view = cachedView ?? (await readView(services, first));
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const keys = [...first, ...(more?.(view) ?? [])];
    const decision = view.holds(keys) ? decide(view, keys) : undefined;
    if (!decision || !view.hasSeen(decision.readSet)) {
      view = await readView(services, keys);
      continue;
    }
    if (decision.kind === 'refusal') throw decision.refusal;
    if (decision.kind === 'answer') return decision.result;
    const { result, writes } = decision;
    const proposed = await tryCommit(services, writes);
    if (proposed.committed) return result;
    view = view.corrected(writes, proposed.current);
    if (attempt > ATTEMPTS_AT_ONCE) await pause(services.random() * PAUSE_MS_MAX);
  }
  throw contention();
}

async function readView({ store, viewCache }: CoreServices, keys: readonly Key<unknown>[]): Promise<View> {
  const items = keys.length > 0 ? await store.get(keys) : [];
  for (const [position, key] of keys.entries()) viewCache?.put(key, items[position]);
  return View.of(keys, items);
}

async function tryCommit({ store, viewCache, ids, changes }: CoreServices, writes: readonly Write[]): Promise<CommitResult> {
  const id = ids.command();
  try {
    const result = await store.commit(id, writes);
    viewCache?.learn(id, writes, result);
    if (result.committed) changes.notifyOf(writes);
    return result;
  } catch (thrown) {
    viewCache?.invalidate(writes);
    throw thrown;
  }
}
