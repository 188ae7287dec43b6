import { expect, it, vi } from 'vitest';
import { LOAN_ID } from '../testing/app/domain-fixtures.ts';
import { lenders, openTestApp } from '../testing/app/test-app.ts';
import { ChangeNotifier } from './change-notifier.ts';

it('tells who watches a loan, and who watches all, until they have enough', () => {
  const changes = new ChangeNotifier(vi.fn());
  const [wake, listener] = [vi.fn(), vi.fn()];
  const ends = [changes.watch(LOAN_ID, wake), changes.watchAll(listener)];
  expect(changes.watched()).toEqual([LOAN_ID]);
  changes.tell(LOAN_ID, 7);
  for (const end of ends) end();
  changes.tell(LOAN_ID, 8);
  expect([wake.mock.calls, listener.mock.calls]).toEqual([[[7]], [[LOAN_ID]]]);
  expect(changes.watched()).toEqual([]);
});

it('does not let a watcher who throws keep the others from hearing, or the one who tells from going on', () => {
  const onFault = vi.fn();
  const changes = new ChangeNotifier(onFault);
  const fault = new Error('a watcher’s own');
  const heard = vi.fn();
  changes.watch(LOAN_ID, () => {
    throw fault;
  });
  changes.watch(LOAN_ID, heard);
  changes.tell(LOAN_ID, 2);
  expect(heard).toHaveBeenCalledWith(2);
  expect(onFault).toHaveBeenCalledWith(fault);
});

it('hears of each commit that changes a loan, and of nothing else', async () => {
  const testApp = await openTestApp();
  const borrower = await testApp.as('borrower@example.com');
  const told: string[] = [];
  testApp.app.services.changes.watchAll((loanId) => void told.push(loanId));
  const loan = await borrower.postsLoan();
  const add = () => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(2, 1) }, { 'Idempotency-Key': 'k' });
  await add();
  await add(); // a replay
  await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) }); // a refusal
  await borrower.get(`/loans/${loan}`);
  expect(told).toEqual([loan, loan]);
  await testApp.close();
});
