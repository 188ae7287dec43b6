import type { CommandId, LoanId } from '../server/src/domain/ids.ts';
import { eventBatchKey, outboxKey } from '../server/src/storage/keys.ts';
import type { Key, Store } from '../server/src/storage/store.ts';

/** Makes of a loan's change one that whoever writes mails fails on, and has failed on seven times already. */
export async function poison(store: Store, loanId: LoanId, version: number): Promise<void> {
  await overwrite(store, eventBatchKey(loanId, version), (batch) => ({ ...batch, events: [{ type: 'lender.invited' }] }));
  await overwrite(store, outboxKey(loanId, version), (word) => ({ ...word, failures: 7 }));
}

async function overwrite<Data extends object>(store: Store, key: Key<Data>, change: (data: Data) => object): Promise<void> {
  const [item] = await store.get([key]);
  if (!item) throw new Error('there is nothing to write over');
  const command = `test-${item.version}` as CommandId; // any text that no command has
  await store.commit(command, [{ key, expected: item.version, data: change(item.data) }]);
}
