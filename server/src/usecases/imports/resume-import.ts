import { conflict, notFound } from '../../domain/errors.ts';
import type { ImportId } from '../../domain/ids.ts';
import { hasEnded, type LenderImport } from '../../domain/imports/lender-import.ts';
import { isImportKept } from '../../domain/records/retention.ts';
import { NO_PERIOD, usedIn } from '../../domain/usage-counter.ts';
import { importWrite } from '../../execution/commit-writes.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { CoreServices } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { importKey, openImportCounterKey } from '../../storage/keys.ts';

/**
 * Lets an import continue after its last processed row: one that an unexpected error has ended, or whose step waits for its next
 * attempt. It counts as unfinished again, even beyond its borrower's limit. For operators.
 * @throws DomainError `NOT_FOUND`; `CONFLICT` for an import in another state
 */
export function resumeImport(services: CoreServices, importId: ImportId): Promise<LenderImport> {
  const key = importKey(importId);
  const now = services.clock();

  function jobIn(view: View): LenderImport {
    const job = view.at(key)?.data;
    if (!job || !isImportKept(job, now)) throw notFound('import');
    return job;
  }

  function decide(view: View): Decision<LenderImport> {
    const before = jobIn(view);
    requireResumable(before);
    const job: LenderImport = { ...before, state: { name: 'running' } };
    const writes = [importWrite(job, view.versionAt(key), now)];
    if (!hasEnded(before)) return { result: job, writes };
    const openKey = openImportCounterKey(job.borrowerId);
    const count = usedIn(NO_PERIOD, view.at(openKey)?.data) + 1;
    const counter = { key: openKey, expected: view.versionAt(openKey), data: { period: NO_PERIOD, count } };
    return { result: job, writes: [...writes, counter] };
  }

  return decideAndCommit(services, { keys: [key], moreKeys: (view) => [openImportCounterKey(jobIn(view).borrowerId)], decide });
}

/** @throws DomainError `CONFLICT` */
function requireResumable({ state }: LenderImport): void {
  if (state.name === 'running' && state.retry) return;
  if (state.name !== 'failed')
    throw conflict(`This import is ${state.name}: only one that an unexpected error ended can be resumed.`);
  if (state.code !== 'INTERNAL_ERROR')
    throw conflict(`This import ended for a reason that resuming does not change: ${state.reason}`);
}
