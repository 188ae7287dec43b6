import type { Store } from './store.ts';

export type StoreVerb = 'commit' | 'get' | 'list';

/** Calls `onCall` before each call of the store. */
export function instrumented(store: Store, onCall: (verb: StoreVerb) => void): Store {
  return wrapStore(store, (verb, call) => {
    onCall(verb);
    return call();
  });
}

/** @param around runs in place of each call of the store, except `close` */
export function wrapStore(store: Store, around: <Result>(verb: StoreVerb, call: () => Promise<Result>) => Promise<Result>): Store {
  return {
    get: (keys) => around('get', () => store.get(keys)),
    batchGet: (keys) => around('get', () => store.batchGet(keys)),
    list: (range) => around('list', () => store.list(range)),
    listIndex: (range) => around('list', () => store.listIndex(range)),
    commit: (command, writes, deadline) => around('commit', () => store.commit(command, writes, deadline)),
    close: () => store.close(),
  };
}
