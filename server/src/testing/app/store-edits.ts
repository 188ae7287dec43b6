import type { LenderId, LoanId } from '../../domain/ids.ts';
import { parseLenderId, parseLoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import { lenderIndexEntry, lenderKey, loanIndexEntry, loanKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import type { TestApp } from './test-app.ts';

/* Edits of stored items, bypassing the app. */

/**
 * Changes a stored lender, without the loan's totals.
 * @param indexed the changes that the index has, if it is outdated
 */
export async function rewriteLender(
  { store, app }: TestApp,
  loan: string,
  lender: string,
  changes: Partial<Lender>,
  indexed = changes,
): Promise<void> {
  const key = lenderKey(loanIdOf(loan), lenderIdOf(lender));
  const [item] = await store.get([key]);
  if (!item) throw new Error(`${lender} is not a lender of ${loan}`);
  const data = { ...item.data, ...changes };
  await requireCommitted(
    store.commit(app.services.ids.command(), [
      { key, expected: item.version, data, index: lenderIndexEntry({ ...item.data, ...indexed }) },
    ]),
  );
}

/** Changes a stored loan, without an event. */
export async function rewriteLoan({ store, app }: TestApp, loan: string, changes: Partial<Loan>): Promise<void> {
  const key = loanKey(loanIdOf(loan));
  const [item] = await store.get([key]);
  if (!item) throw new Error(`${loan} is not a loan`);
  const data = { ...item.data, ...changes };
  await requireCommitted(
    store.commit(app.services.ids.command(), [{ key, expected: item.version, data, index: loanIndexEntry(data) }]),
  );
}

async function requireCommitted(commit: ReturnType<Store['commit']>): Promise<void> {
  const { committed } = await commit;
  if (!committed) throw new Error('a version conflict with the app');
}

function loanIdOf(text: string): LoanId {
  const id = parseLoanId(text);
  if (!id) throw new Error(`${text} is not a loan id`);
  return id;
}

function lenderIdOf(text: string): LenderId {
  const id = parseLenderId(text);
  if (!id) throw new Error(`${text} is not a lender id`);
  return id;
}
