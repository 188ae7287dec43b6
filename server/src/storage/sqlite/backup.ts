import { closeSync, existsSync, linkSync, openSync, rmSync } from 'node:fs';
import { StoreSetupError } from '../store.ts';
import { checkIntegrity, IN_MEMORY, openForReading } from './connection.ts';

/** Pages copied at a time; between two steps the program breathes. */
const PAGES_A_STEP = 1000;

/**
 * Copies a store as of this moment, while others read and write it; the copy is checked, and there or not there at all.
 * @param to a file that does not exist yet
 * @param progress told the share that is done, 0 to 1
 */
export async function backUp(from: string, to: string, progress: (share: number) => void): Promise<void> {
  if (from === IN_MEMORY) throw new StoreSetupError('A store in memory ends with its program and can’t be backed up.');
  if (existsSync(to)) throw new StoreSetupError(`${to} exists already. Name another file, or remove it first.`);
  if (!existsSync(from)) throw new StoreSetupError(`There is no store at ${from}. Set STORE to the one to back up.`);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true }); // what one that was killed has left
  const source = openForReading(from);
  try {
    closeSync(openSync(partial, 'wx', 0o600)); // it holds what the store holds, for the same eyes
    // An open snapshot keeps the copy to one moment: writers go on in the log and don't make it start anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(partial, {
      progress({ totalPages, remainingPages }) {
        progress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
        return PAGES_A_STEP;
      },
    });
    checkIntegrity(partial);
    linkSync(partial, to); // which never replaces a file that has come meanwhile
    progress(1); // the copying itself reports only what came before its last step
  } catch (cause) {
    if (cause instanceof StoreSetupError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreSetupError(`The backup ${to} can’t be made: ${reason}.`, cause);
  } finally {
    source.close();
    for (const rest of ['', '-wal', '-shm']) rmSync(partial + rest, { force: true });
  }
}
