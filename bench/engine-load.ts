import { join } from 'node:path';
import { temporaryFolder } from '../e2e/program.ts';
import type { CommandId } from '../server/src/domain/ids.ts';
import { openSqlite } from '../server/src/storage/sqlite/sqlite-store.ts';
import type { Store, Write } from '../server/src/storage/store.ts';

/* Our engine alone: commits of the size of ten lenders added, each changing one loan, without HTTP or rules. */

const ROWS_ADDED = 12;
const DATA = { text: 'x'.repeat(330) };
const COMMAND = 'bench' as CommandId;

export interface EngineLoad {
  /** One loan, each commit sent once the one before it is durable. @returns commits a second */
  queued(milliseconds: number): Promise<number>;
  /** One loan, each commit built on the one before it and sent without waiting for it, `depth` under way. */
  pipelined(milliseconds: number, depth: number): Promise<number>;
  /** Views of the last commit's thirteen items. @returns microseconds for each */
  viewing(milliseconds: number): Promise<number>;
  end(): Promise<void>;
}

export async function openEngineLoad(): Promise<EngineLoad> {
  const folder = await temporaryFolder();
  const store = openSqlite(join(folder.path, 'engine.db'));
  let loans = 0;
  return {
    queued: (milliseconds) => chain(store, `loan${loans++}`, milliseconds, 1),
    pipelined: (milliseconds, depth) => chain(store, `loan${loans++}`, milliseconds, depth),
    viewing: (milliseconds) => views(store, `loan${loans - 1}`, milliseconds),
    async end() {
      await store.close();
      await folder.remove();
    },
  };
}

/** Commits that each expect the version which the one before them makes. */
async function chain(store: Store, loan: string, milliseconds: number, depth: number): Promise<number> {
  const started = performance.now();
  let version = 0;
  let done = 0;
  async function lane(): Promise<void> {
    while (performance.now() - started < milliseconds) {
      const writes = writesOf(loan, version);
      version += 1;
      const { committed } = await store.commit(COMMAND, writes);
      if (!committed) throw new Error('a commit lost a race that it was alone in');
      done += 1;
    }
  }
  await Promise.all(Array.from({ length: depth }, lane));
  return (done * 1000) / (performance.now() - started);
}

async function views(store: Store, loan: string, milliseconds: number): Promise<number> {
  const keys = writesOf(loan, 0).map(({ key }) => key);
  const started = performance.now();
  let done = 0;
  for (; performance.now() - started < milliseconds; done += 1) await store.get(keys);
  return ((performance.now() - started) * 1000) / done;
}

function writesOf(loan: string, version: number): Write[] {
  const rows = Array.from({ length: ROWS_ADDED }, (_, row): Write => {
    const place = `${String(version).padStart(8, '0')}-${row}`;
    return { key: { partition: loan, sort: place }, expected: 0, data: DATA, index: { partition: `address-${place}`, sort: loan } };
  });
  return [{ key: { partition: loan, sort: 'loan' }, expected: version, data: DATA }, ...rows];
}
