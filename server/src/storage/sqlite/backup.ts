import { closeSync, existsSync, linkSync, openSync, rmSync } from 'node:fs';
import { StoreSetupError } from '../store.ts';
import { checkIntegrity, openForReading } from './connection.ts';
import { requireOwnFile } from './schema.ts';
import { IN_MEMORY, requireStore } from './store-file.ts';

/** Pages copied at a time; the event loop runs in between. */
const PAGES_A_STEP = 1000;

/**
 * Copies the store as of one moment, while others read and write it. The copy is complete and verified, or absent.
 * @param to a file that does not exist yet
 * @param progress gets the share that is done, 0 to 1
 * @throws StoreSetupError
 */
export async function backUp(from: string, to: string, progress: (share: number) => void): Promise<void> {
  if (from === IN_MEMORY) throw new StoreSetupError('A store in memory ends with its program and can’t be backed up.');
  if (existsSync(to)) throw new StoreSetupError(`${to} exists already. Name another file, or remove it first.`);
  requireStore(from);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true }); // left by a backup that was killed
  const source = openForReading(from);
  try {
    closeSync(openSync(partial, 'wx', 0o600)); // as private as the store
    // An open snapshot keeps the copy to one moment: without it, each write by others would restart the copy.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    requireOwnFile(source, from);
    await source.backup(partial, {
      progress({ totalPages, remainingPages }) {
        progress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
        return PAGES_A_STEP;
      },
    });
    checkIntegrity(partial);
    linkSync(partial, to); // unlike a rename, it never replaces a file created meanwhile
    progress(1); // SQLite doesn't report its last step
  } catch (cause) {
    if (cause instanceof StoreSetupError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreSetupError(`The backup ${to} can’t be made: ${reason}.`, cause);
  } finally {
    source.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(partial + suffix, { force: true });
  }
}
