import type { CommandId } from '../server/src/domain/ids.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store, Write } from '../server/src/storage/store.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';

/* Our SQLite store alone: commits as large as adding ten lenders, each changing one loan, without HTTP and rules. */

const ROWS_ADDED = 12;
const DATA = { text: 'x'.repeat(330) };
const COMMAND = 'bench' as CommandId;

export interface EngineLoad {
  /** Commits on one loan, each sent when the one before is durable. @returns commits a second */
  queued(milliseconds: number): Promise<number>;
  /** Commits on one loan, each based on the one before, with `depth` in flight. @returns commits a second */
  pipelined(milliseconds: number, depth: number): Promise<number>;
  /** Views of the thirteen items of the last commit. @returns microseconds each */
  viewing(milliseconds: number): Promise<number>;
  close(): Promise<void>;
}

export function openEngineLoad(): EngineLoad {
  const work = openWorkplace();
  const store = openSqlite(work.path('engine.db'));
  let loans = 0;
  return {
    queued: (milliseconds) => commitChain(store, `loan${loans++}`, milliseconds, 1),
    pipelined: (milliseconds, depth) => commitChain(store, `loan${loans++}`, milliseconds, depth),
    viewing: (milliseconds) => readViews(store, `loan${loans - 1}`, milliseconds),
    async close() {
      await store.close();
      await work.close();
    },
  };
}

/** Each commit expects the version of the one before. */
async function commitChain(store: Store, loan: string, milliseconds: number, depth: number): Promise<number> {
  const start = performance.now();
  let version = 0;
  let done = 0;
  async function worker(): Promise<void> {
    while (performance.now() - start < milliseconds) {
      const writes = writesFor(loan, version);
      version += 1;
      const { committed } = await store.commit(COMMAND, writes);
      if (!committed) throw new Error('version conflict without another writer');
      done += 1;
    }
  }
  await Promise.all(Array.from({ length: depth }, worker));
  return (done * 1000) / (performance.now() - start);
}

async function readViews(store: Store, loan: string, milliseconds: number): Promise<number> {
  const keys = writesFor(loan, 0).map(({ key }) => key);
  const start = performance.now();
  let done = 0;
  for (; performance.now() - start < milliseconds; done += 1) await store.get(keys);
  return ((performance.now() - start) * 1000) / done;
}

function writesFor(loan: string, version: number): Write[] {
  const added = Array.from({ length: ROWS_ADDED }, (_, row): Write => {
    const sort = `${String(version).padStart(8, '0')}-${row}`;
    return { key: { partition: loan, sort }, expected: 0, data: DATA, index: { partition: `address-${sort}`, sort: loan } };
  });
  return [{ key: { partition: loan, sort: 'loan' }, expected: version, data: DATA }, ...added];
}
