import type { ImportId } from '../../domain/ids.ts';
import type { CoreServices } from '../../execution/services.ts';
import { type ClockCheck, processDue } from '../../storage/due-items.ts';
import { importIdOf } from '../../storage/keys.ts';

const PAGE_SIZE = 100;

/**
 * Finds imports to continue: those whose wait is over, and those whose worker has stopped.
 * @param clockCheck of this process, made with `IMPORT_AHEAD_MS_MAX`
 * @returns when the next one is due, epoch milliseconds; undefined where none is known
 */
export function findDueImports(
  services: CoreServices,
  clockCheck: ClockCheck,
  onDue: (importId: ImportId) => unknown,
): Promise<number | undefined> {
  return processDue(services, 'import', { pageSize: PAGE_SIZE, clockCheck }, async (due) => {
    for (const { key } of due) await onDue(importIdOf(key.partition));
  });
}
