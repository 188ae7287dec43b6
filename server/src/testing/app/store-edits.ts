import { randomUUID } from 'node:crypto';
import { type CommandId, parseLenderId, parseLoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import { lenderIndexEntry, loanIndexEntry } from '../../storage/index-keys.ts';
import { lenderKey, loanKey } from '../../storage/keys.ts';
import type { Key, Put, Store } from '../../storage/store.ts';
import { found } from './domain-fixtures.ts';
import type { TestApp } from './test-app.ts';

/* Edits of stored items, bypassing the app. */

type StoreOf = Pick<TestApp, 'store'>;

/**
 * Changes a stored lender, without the loan's totals.
 * @param indexed the changes that the index has, if it is outdated
 */
export function rewriteLender({ store }: StoreOf, loan: string, lender: string, changes: Partial<Lender>, indexed = changes) {
  const key = lenderKey(found(parseLoanId(loan), loan), found(parseLenderId(lender), lender));
  return rewrite(store, key, changes, (before) => lenderIndexEntry({ ...before, ...indexed }));
}

/** Changes a stored loan, without an event. */
export function rewriteLoan({ store }: StoreOf, loan: string, changes: Partial<Loan>) {
  return rewrite(store, loanKey(found(parseLoanId(loan), loan)), changes, (before) => loanIndexEntry({ ...before, ...changes }));
}

export async function rewrite<Data extends object>(
  store: Store,
  key: Key<Data>,
  changes: object,
  indexEntry: (before: Data) => Put['index'] = () => undefined,
): Promise<void> {
  const [item] = await store.get([key]);
  if (!item) throw new Error(`there is no item ${key.sort}`);
  const index = indexEntry(item.data);
  const write = { key, expected: item.version, data: { ...item.data, ...changes }, ...(index && { index }) };
  const { committed } = await store.commit(randomUUID() as CommandId, [write]);
  if (!committed) throw new Error('a version conflict with the app');
}
