import { parseLenderId, parseLoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import { lenderIndexEntry, lenderKey, loanIndexEntry, loanKey } from '../../storage/keys.ts';
import type { Key, Put } from '../../storage/store.ts';
import { found } from './domain-fixtures.ts';
import type { TestApp } from './test-app.ts';

/* Edits of stored items, bypassing the app. */

/**
 * Changes a stored lender, without the loan's totals.
 * @param indexed the changes that the index has, if it is outdated
 */
export function rewriteLender(testApp: TestApp, loan: string, lender: string, changes: Partial<Lender>, indexed = changes) {
  const key = lenderKey(found(parseLoanId(loan), loan), found(parseLenderId(lender), lender));
  return rewrite(testApp, key, changes, (before) => lenderIndexEntry({ ...before, ...indexed }));
}

/** Changes a stored loan, without an event. */
export function rewriteLoan(testApp: TestApp, loan: string, changes: Partial<Loan>) {
  return rewrite(testApp, loanKey(found(parseLoanId(loan), loan)), changes, (before) => loanIndexEntry({ ...before, ...changes }));
}

async function rewrite<Data extends object>(
  { store, app }: TestApp,
  key: Key<Data>,
  changes: Partial<Data>,
  indexEntry: (before: Data) => NonNullable<Put['index']>,
): Promise<void> {
  const [item] = await store.get([key]);
  if (!item) throw new Error(`there is no item ${key.sort}`);
  const write = { key, expected: item.version, data: { ...item.data, ...changes }, index: indexEntry(item.data) };
  const { committed } = await store.commit(app.services.ids.command(), [write]);
  if (!committed) throw new Error('a version conflict with the app');
}
