import type { LenderImport } from '../../domain/imports/lender-import.ts';
import { isImportKept } from '../../domain/records/retention.ts';
import type { CoreServices } from '../../execution/services.ts';
import { dueShards } from '../../storage/index-keys.ts';
import { importIdOf, importKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';

const PAGE_SIZE = 100;

/**
 * Finds the imports that `resumeImport` can resume: those that an unexpected error has ended, and those that wait for another
 * attempt. Reads all stored imports. For operators.
 */
export async function listFailedImports({ store, clock }: Pick<CoreServices, 'store' | 'clock'>): Promise<LenderImport[]> {
  const failed: LenderImport[] = [];
  for (const partition of [...dueShards('import'), ...dueShards('removal')]) {
    for await (const job of importsIn(store, partition)) {
      if (isFailed(job) && isImportKept(job, clock())) failed.push(job);
    }
  }
  return failed;
}

async function* importsIn(store: Pick<Store, 'batchGet' | 'listIndex'>, partition: string): AsyncGenerator<LenderImport> {
  let after: string | undefined;
  do {
    const rows = await store.listIndex({
      partition,
      order: 'ascending',
      limit: PAGE_SIZE,
      ...(after !== undefined && { after }),
    });
    const items = await store.batchGet(rows.map(({ key }) => importKey(importIdOf(key.partition))));
    for (const item of items) if (item) yield item.data;
    after = rows.length < PAGE_SIZE ? undefined : rows.at(-1)?.position;
  } while (after !== undefined);
}

function isFailed({ state }: LenderImport): boolean {
  return state.name === 'failed' ? state.code === 'INTERNAL_ERROR' : state.name === 'running' && state.retry !== undefined;
}
