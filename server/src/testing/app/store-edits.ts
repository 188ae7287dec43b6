import type { LenderId, LoanId } from '../../domain/ids.ts';
import { parseLenderId, parseLoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan } from '../../domain/loan.ts';
import { lenderIndexEntry, lenderKey, loanIndexEntry, loanKey } from '../../storage/keys.ts';
import type { Store } from '../../storage/store.ts';
import type { TestApp } from './test-app.ts';

/* What others do to a loan: written straight to the store, for tests of what the program makes of it. */

/**
 * Writes a lender as they stand after somebody else's doing; the loan's totals are the caller's to write.
 * @param indexed what the index knows of it, where it is behind
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
  if (!item) throw new Error(`${lender} is no lender of ${loan}`);
  const data = { ...item.data, ...changes };
  await requireDone(
    store.commit(app.services.ids.command(), [
      { key, expected: item.version, data, index: lenderIndexEntry({ ...item.data, ...indexed }) },
    ]),
  );
}

/** Writes a loan as it stands after somebody else's doing, without a chapter of its history. */
export async function rewriteLoan({ store, app }: TestApp, loan: string, changes: Partial<Loan>): Promise<void> {
  const key = loanKey(loanIdOf(loan));
  const [item] = await store.get([key]);
  if (!item) throw new Error(`${loan} is no loan`);
  const data = { ...item.data, ...changes };
  await requireDone(store.commit(app.services.ids.command(), [{ key, expected: item.version, data, index: loanIndexEntry(data) }]));
}

async function requireDone(commit: ReturnType<Store['commit']>): Promise<void> {
  const { committed } = await commit;
  if (!committed) throw new Error('somebody else was faster than the test');
}

function loanIdOf(text: string): LoanId {
  const id = parseLoanId(text);
  if (!id) throw new Error(`${text} is no id of a loan`);
  return id;
}

function lenderIdOf(text: string): LenderId {
  const id = parseLenderId(text);
  if (!id) throw new Error(`${text} is no id of a lender`);
  return id;
}
