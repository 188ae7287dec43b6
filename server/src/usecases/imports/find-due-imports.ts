import type { ImportId } from '../../domain/ids.ts';
import type { CoreServices } from '../../execution/services.ts';
import { processDue } from '../../storage/due-items.ts';
import { importIdOf } from '../../storage/keys.ts';

const PAGE_SIZE = 100;

/**
 * Finds the imports that somebody has to see to: those whose hour has come, and those that whoever was at them has left.
 * @returns when the next one is due, epoch milliseconds; undefined where none is known of
 */
export function findDueImports(services: CoreServices, see: (importId: ImportId) => unknown): Promise<number | undefined> {
  return processDue(services, 'import', { pageSize: PAGE_SIZE }, async (due) => {
    for (const { key } of due) await see(importIdOf(key.partition));
  });
}
