import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { type Store, StoreError, type StoreErrorKind } from '../../storage/store.ts';

type Failure = StoreErrorKind | Error;

/** A store in memory whose calls fail on demand, with errors that SQLite in memory never has. */
export function failingStore() {
  const memory = openSqlite(':memory:');
  let failure: Failure | undefined;
  let onlyCommits = false;

  async function call<Result>(run: () => Promise<Result>, isCommit = false): Promise<Result> {
    if (failure === undefined || (onlyCommits && !isCommit)) return run();
    throw typeof failure === 'string' ? new StoreError(failure, `the store is ${failure}`) : failure;
  }

  const store: Store = {
    get: (keys) => call(() => memory.get(keys)),
    batchGet: (keys) => call(() => memory.batchGet(keys)),
    list: (range) => call(() => memory.list(range)),
    listIndex: (range) => call(() => memory.listIndex(range)),
    commit: (command, writes) => call(() => memory.commit(command, writes), true),
    close: () => memory.close(),
  };
  return {
    store,
    /** All calls fail from now on; none with undefined. */
    fail(next: Failure | undefined): void {
      failure = next;
      onlyCommits = false;
    },
    /** Commits fail from now on, reads don't. */
    failCommits(next: Failure): void {
      failure = next;
      onlyCommits = true;
    },
  };
}
