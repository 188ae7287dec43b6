import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { type Store, StoreError, type StoreErrorKind } from '../../storage/store.ts';

type Fault = StoreErrorKind | Error;

/** A store in memory whose calls fail as they are told to: such faults can't be produced on it for real. */
export function failingStore() {
  const sound = openSqlite(':memory:');
  let fault: Fault | undefined;
  let onlyCommits = false;
  /** Before each call: throws what is to go wrong. */
  const risk = (isCommit = false): void => {
    if (fault === undefined || (onlyCommits && !isCommit)) return;
    throw typeof fault === 'string' ? new StoreError(fault, `the store is ${fault}`) : fault;
  };
  const store: Store = {
    async get(keys) {
      risk();
      return sound.get(keys);
    },
    async batchGet(keys) {
      risk();
      return sound.batchGet(keys);
    },
    async list(range) {
      risk();
      return sound.list(range);
    },
    async listIndex(range) {
      risk();
      return sound.listIndex(range);
    },
    async commit(command, writes) {
      risk(true);
      return sound.commit(command, writes);
    },
    close: () => sound.close(),
  };
  return {
    store,
    /** All calls fail so from now on; undefined for none. */
    fail(next: Fault | undefined): void {
      fault = next;
      onlyCommits = false;
    },
    /** What is read is read as ever, and nothing can be written. */
    failCommits(next: Fault): void {
      fault = next;
      onlyCommits = true;
    },
  };
}
