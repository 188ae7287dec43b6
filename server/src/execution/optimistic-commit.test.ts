import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIds } from '../composition/create-ids.ts';
import { ChangeNotifier } from '../events/change-notifier.ts';
import { instrumented, type StoreVerb } from '../storage/instrumented-store.ts';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import type { Key, Store, Write } from '../storage/store.ts';
import { loadStoreSecrets } from '../storage/store-secrets.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { ATTEMPTS_MAX, decideAndCommit, RECOVERIES_MAX } from './optimistic-commit.ts';
import type { CoreServices } from './services.ts';
import type { View } from './view.ts';
import { ViewCache } from './view-cache.ts';

const source: Key<number> = { partition: 'one', sort: 'source' };
const target: Key<number> = { partition: 'one', sort: 'target' };

let store: Store;
let services: CoreServices;
const calls: StoreVerb[] = [];

beforeEach(async () => {
  const sqlite = openSqlite(':memory:');
  store = instrumented(sqlite, (verb) => void calls.push(verb));
  services = {
    store,
    mutex: new KeyedMutex(10),
    viewCache: new ViewCache(),
    changes: new ChangeNotifier(() => {}),
    ids: createIds(await loadStoreSecrets(sqlite)),
    clock: () => 0,
    random: () => 0,
  };
  await put(source, 1);
});

afterEach(() => store.close());

/** Writes as another process would: past the view cache. */
async function put(key: Key<number>, data: number): Promise<void> {
  const [item] = await store.get([key]);
  await store.commit(services.ids.command(), [{ key, expected: item?.version ?? 0, data }]);
  calls.length = 0;
}

/** A decision that reads `source` and writes twice its value to `target`. */
function double(view: View): { result: number; writes: Write[] } {
  const result = (view.at(source)?.data ?? 0) * 2;
  return { result, writes: [{ key: target, expected: view.versionAt(target), data: result }] };
}

const doubled = { keys: [source, target], decide: double };

describe('decideAndCommit', () => {
  it('reads once and commits once', async () => {
    expect(await decideAndCommit(services, doubled)).toBe(2);
    expect(calls).toEqual(['get', 'commit']);
  });

  it('does not commit a decision without writes', async () => {
    expect(await decideAndCommit(services, { keys: [source], decide: () => ({ result: 'nothing to do', writes: [] }) })).toBe(
      'nothing to do',
    );
    expect(calls).toEqual(['get']);
  });

  it('decides again after a version conflict', async () => {
    let decided = 0;
    const result = await decideAndCommit(services, {
      keys: [source],
      decide(view) {
        decided += 1;
        const current = view.at(source)?.data;
        const expected = decided === 1 ? 7 : view.versionAt(source);
        return { result: current, writes: [{ key: source, expected, data: 5 }] };
      },
    });
    expect([result, decided]).toEqual([1, 2]);
    expect(calls).toEqual(['get', 'commit', 'commit']);
  });

  it('throws SERVICE_UNAVAILABLE after the maximum number of attempts', async () => {
    const writes = [{ key: target, expected: 7, data: 0 }];
    await expect(decideAndCommit(services, { keys: [target], decide: () => ({ result: 0, writes }) })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryAfter: 1,
    });
    expect(calls.filter((verb) => verb === 'commit')).toHaveLength(ATTEMPTS_MAX);
  });

  it('reads the further keys that the first ones name', async () => {
    const moreKeys = (view: View) => (view.at(source) ? [target] : []);
    await put(target, 3);
    const decide = (view: View) => ({ result: view.at(target)?.data, writes: [] });
    expect(await decideAndCommit(services, { keys: [source], moreKeys, decide })).toBe(3);
    expect(calls).toEqual(['get', 'get']);
  });
});

describe('decideAndCommit with a cached view', () => {
  const fromCache = { ...doubled, mayUseCache: true };

  beforeEach(async () => {
    await decideAndCommit(services, doubled); // fills the cache
    await put(source, 10);
  });

  it('reads cached items again that a decision does not write', async () => {
    expect(await decideAndCommit(services, fromCache)).toBe(20);
    expect(calls).toEqual(['get', 'commit']);
  });

  it('commits without a read where it reads only what it writes', async () => {
    const decide = (view: View) => ({
      result: view.at(target)?.data,
      writes: [{ key: target, expected: view.versionAt(target), data: 9 }],
    });
    expect(await decideAndCommit(services, { ...fromCache, decide })).toBe(2);
    expect(calls).toEqual(['commit']);
  });

  it('does not throw an error that only a stale cache causes', async () => {
    const decide = (view: View) => {
      if (view.at(source)?.data === 1) throw new Error('only true of the stale cache');
      return { result: 'fine', writes: [] };
    };
    expect(await decideAndCommit(services, { ...fromCache, decide })).toBe('fine');
  });

  it('depends on the stated read set alone where a decision states one', async () => {
    const decide = (view: View) => ({ ...double(view), readSet: [] });
    expect(await decideAndCommit(services, { ...fromCache, decide })).toBe(2);
    expect(calls).toEqual(['commit']);
  });
});

describe('decideAndCommit with a recovery', () => {
  const full = new Error('full');

  it('decides again from a new read after each recovery, until it succeeds', async () => {
    const decide = (view: View) => {
      if ((view.at(source)?.data ?? 0) < 4) throw full;
      return { result: view.at(source)?.data, writes: [] };
    };
    let next = 1;
    const recover = (error: unknown) => {
      if (error !== full) return undefined;
      return async () => {
        next += 1;
        await put(source, next);
        return true;
      };
    };
    expect(await decideAndCommit(services, { keys: [source], decide, recover })).toBe(4);
    expect(next).toBe(4);
  });

  const decideFull = (view: View) => {
    view.at(source);
    throw full;
  };

  it('throws the error when the recovery has changed nothing', async () => {
    let recovered = 0;
    const recover = () => async () => {
      recovered += 1;
      return recovered < 3;
    };
    await expect(decideAndCommit(services, { keys: [source], decide: decideFull, recover })).rejects.toBe(full);
    expect(recovered).toBe(3);
  });

  it('throws a retryable error when its recoveries are used up, so that the lock is released', async () => {
    let recovered = 0;
    const recover = () => async () => {
      recovered += 1;
      return true;
    };
    const decision = decideAndCommit(services, { keys: [source], decide: decideFull, recover });
    await expect(decision).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfter: 1 });
    expect(recovered).toBe(RECOVERIES_MAX);
  });
});
