import type { ImportId } from '../../domain/ids.ts';
import { isImportKept } from '../../domain/records/retention.ts';
import type { CoreServices } from '../../execution/services.ts';
import { processDue } from '../../storage/due-items.ts';
import { importIdOf, importKey, importPartsOf } from '../../storage/keys.ts';
import type { Item, Write } from '../../storage/store.ts';

const PAGE_SIZE = 100;
/** Parts that are deleted by one commit: less than a megabyte. */
const PARTS_PER_COMMIT = 10;

type RemovalServices = Pick<CoreServices, 'store' | 'ids' | 'clock'>;

/**
 * Deletes imports that have expired, with their rows, some rows at a time.
 * @param onError gets the error of each import that could not be deleted; the others are deleted nevertheless
 * @param signal ends the sweep once it is aborted; the next one continues
 */
export async function removeExpiredImports(
  services: RemovalServices,
  onError: (error: unknown) => void,
  signal?: AbortSignal,
): Promise<void> {
  const canContinue = () => !signal?.aborted;
  await processDue(services, 'removal', { pageSize: PAGE_SIZE, canContinue }, async (due) => {
    for (const { key } of due) await removeImport(services, importIdOf(key.partition), canContinue).catch(onError);
  });
}

/** The import's own item is deleted last: with it, the next sweep finds what is left. */
async function removeImport({ store, ids, clock }: RemovalServices, importId: ImportId, canContinue: () => boolean): Promise<void> {
  const [job] = await store.get([importKey(importId)]);
  if (!job || isImportKept(job.data, clock())) return; // the index is behind
  while (canContinue()) {
    const parts = await store.list(importPartsOf(importId, 0, PARTS_PER_COMMIT));
    await store.commit(ids.command(), parts.length > 0 ? parts.map(removal) : [removal(job)]);
    if (parts.length === 0) return;
  }
}

function removal({ key, version }: Item<unknown>): Write {
  return { key, expected: version, isDelete: true };
}
