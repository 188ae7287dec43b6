import type { LoanId } from '../server/src/domain/ids.ts';
import { eventBatchKey, outboxKey } from '../server/src/storage/keys.ts';
import type { Store } from '../server/src/storage/store.ts';
import { rewrite } from '../server/src/testing/app/store-edits.ts';

/** Makes an event batch one that the mail handler fails on, and has failed on seven times before. */
export async function poison(store: Store, loanId: LoanId, version: number): Promise<void> {
  await rewrite(store, eventBatchKey(loanId, version), { events: [{ type: 'lender.invited' }] });
  await rewrite(store, outboxKey(loanId, version), { failures: 7 });
}
