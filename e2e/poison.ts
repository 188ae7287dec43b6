import type { ImportId, LoanId } from '../server/src/domain/ids.ts';
import { STEP_FAILURES_MAX } from '../server/src/domain/imports/step-failure.ts';
import { eventBatchKey, importKey, importPartKey, outboxKey } from '../server/src/storage/keys.ts';
import type { Store } from '../server/src/storage/store.ts';
import { rewrite } from '../server/src/testing/app/store-edits.ts';

/** Makes an event batch one that the mail handler fails on, and has failed on seven times before. Its score is done. */
export async function poison(store: Store, loanId: LoanId, version: number): Promise<void> {
  await rewrite(store, eventBatchKey(loanId, version), { events: [{ type: 'lender.invited' }] });
  await rewrite(store, outboxKey(loanId, version), { failures: 7, done: ['risk'] });
}

/** Makes the first step of an import fail, which has failed before as often as it may. */
export async function breakImport(store: Store, importId: ImportId): Promise<void> {
  await rewrite(store, importPartKey(importId, 0), { rows: null });
  await rewrite(store, importKey(importId), { state: { name: 'running', retry: { failures: STEP_FAILURES_MAX - 1, at: 0 } } });
}
