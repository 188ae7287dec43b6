import type { Store } from './store.ts';

export type StoreVerb = 'commit' | 'get' | 'list';

/** The same store, which reports every call to `onCall`. */
export function instrumented(store: Store, onCall: (verb: StoreVerb) => void): Store {
  return {
    get(keys) {
      onCall('get');
      return store.get(keys);
    },
    batchGet(keys) {
      onCall('get');
      return store.batchGet(keys);
    },
    list(range) {
      onCall('list');
      return store.list(range);
    },
    listIndex(range) {
      onCall('list');
      return store.listIndex(range);
    },
    commit(command, writes) {
      onCall('commit');
      return store.commit(command, writes);
    },
    close: () => store.close(),
  };
}
