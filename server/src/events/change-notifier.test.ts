import { expect, it, vi } from 'vitest';
import { LOAN_ID } from '../testing/app/domain-fixtures.ts';
import { lenders, openTestApp } from '../testing/app/test-app.ts';
import { ChangeNotifier } from './change-notifier.ts';

it('notifies the listeners of a loan and of all loans until they are removed', () => {
  const changes = new ChangeNotifier(vi.fn());
  const [loanListener, listener] = [vi.fn(), vi.fn()];
  const removals = [changes.watch(LOAN_ID, loanListener), changes.watchAll(listener)];
  expect(changes.watched()).toEqual([LOAN_ID]);
  changes.notify(LOAN_ID, 7);
  for (const remove of removals) remove();
  changes.notify(LOAN_ID, 8);
  expect([loanListener.mock.calls, listener.mock.calls]).toEqual([[[7]], [[LOAN_ID]]]);
  expect(changes.watched()).toEqual([]);
});

it('reports what a listener throws and still notifies the others', () => {
  const onError = vi.fn();
  const changes = new ChangeNotifier(onError);
  const error = new Error('thrown by a listener');
  const other = vi.fn();
  changes.watch(LOAN_ID, () => {
    throw error;
  });
  changes.watch(LOAN_ID, other);
  changes.notify(LOAN_ID, 2);
  expect(other).toHaveBeenCalledWith(2);
  expect(onError).toHaveBeenCalledWith(error);
});

it('notifies of each commit that changes a loan, and not of replays, rejected commands and reads', async () => {
  const testApp = await openTestApp();
  const borrower = await testApp.as('borrower@example.com');
  const changed: string[] = [];
  testApp.app.services.changes.watchAll((loanId) => void changed.push(loanId));
  const loan = await borrower.postsLoan();
  const add = () => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(2, 1) }, { 'Idempotency-Key': 'k' });
  await add();
  await add(); // a replay
  await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) }); // rejected
  await borrower.get(`/loans/${loan}`);
  expect(changed).toEqual([loan, loan]);
  await testApp.close();
});
