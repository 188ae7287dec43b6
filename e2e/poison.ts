import type { CommandId, LoanId } from '../server/src/domain/ids.ts';
import { eventBatchKey, outboxKey } from '../server/src/storage/keys.ts';
import type { Key, Store } from '../server/src/storage/store.ts';

/** Makes an event batch one that the mail handler fails on, and has failed on seven times before. */
export async function poison(store: Store, loanId: LoanId, version: number): Promise<void> {
  await overwrite(store, eventBatchKey(loanId, version), (batch) => ({ ...batch, events: [{ type: 'lender.invited' }] }));
  await overwrite(store, outboxKey(loanId, version), (entry) => ({ ...entry, failures: 7 }));
}

async function overwrite<Data extends object>(store: Store, key: Key<Data>, change: (data: Data) => object): Promise<void> {
  const [item] = await store.get([key]);
  if (!item) throw new Error('there is no such item');
  await store.commit(`test-${item.version}` as CommandId, [{ key, expected: item.version, data: change(item.data) }]);
}
