import { wrapStore } from '../../storage/instrumented-store.ts';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import { StoreError, type StoreErrorKind } from '../../storage/store.ts';

type Failure = StoreErrorKind | Error;

/** A store in memory whose calls fail on demand, with errors that SQLite in memory never has. */
export function failingStore() {
  let failure: Failure | undefined;
  let onlyCommits = false;
  const store = wrapStore(openSqlite(':memory:'), async (verb, call) => {
    if (failure === undefined || (onlyCommits && verb !== 'commit')) return call();
    throw typeof failure === 'string' ? new StoreError(failure, `the store is ${failure}`) : failure;
  });
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
