import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoanId } from '../domain/ids.ts';
import { parseLoanId } from '../domain/ids.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { startChangePoller } from './change-poller.ts';

/* The notifier under test is not the app's own: the app plays another process on the same store. */

const INTERVAL_MS = 5;

let failing: ReturnType<typeof failingStore>;
let testApp: TestApp;
let borrower: TestUser;
let changes: ChangeNotifier;
let outages: unknown[];
let poller: ReturnType<typeof startChangePoller>;

beforeEach(async () => {
  failing = failingStore();
  testApp = await openTestApp({ store: failing.store });
  borrower = await testApp.as('borrower@example.com');
  changes = new ChangeNotifier(() => {});
  outages = [];
  const onOutage = (cause?: unknown) => void outages.push(cause);
  poller = startChangePoller({ store: testApp.store, changes, onOutage, intervalMs: INTERVAL_MS });
});

afterEach(async () => {
  await poller.stop();
  await testApp.close();
});

async function postLoan(): Promise<LoanId> {
  const id = parseLoanId(await borrower.postsLoan());
  if (!id) throw new Error('no loan');
  return id;
}

it('notifies of changes to watched loans, and only when the version has risen', async () => {
  const [loan, other] = [await postLoan(), await postLoan()];
  const versions: number[] = [];
  changes.watch(loan, (version) => void versions.push(version));
  await expect.poll(() => versions).toEqual([1]);
  await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
  await borrower.post(`/loans/${other}/cancel`);
  await expect.poll(() => versions).toEqual([1, 2]);
  const reads = () => testApp.calls.filter((verb) => verb === 'get').length;
  const before = reads();
  await expect.poll(reads).toBeGreaterThan(before + 5);
  expect(versions).toEqual([1, 2]);
});

it('makes no storage calls while no loan is watched', async () => {
  const loan = await postLoan();
  const stopWatching = changes.watch(loan, () => {});
  await expect.poll(() => testApp.calls.at(-1)).toBe('get');
  stopWatching();
  const rounds = vi.spyOn(changes, 'watched');
  const pass = (count: number) => expect.poll(() => rounds.mock.calls.length).toBeGreaterThan(count);
  await pass(2);
  const calls = await testApp.callsOf(() => pass(12));
  expect(calls).toEqual([]);
});

it('polls more loans than fit in one storage call', async () => {
  const loans = await Promise.all(Array.from({ length: 205 }, postLoan));
  const notified = new Set<LoanId>();
  for (const loan of loans) changes.watch(loan, () => void notified.add(loan));
  await expect.poll(() => notified.size).toBe(205);
});

it('reports an outage of the store once, and afterwards notifies of changes made meanwhile', async () => {
  const loan = await postLoan();
  const versions: number[] = [];
  changes.watch(loan, (version) => void versions.push(version));
  await expect.poll(() => versions).toEqual([1]);
  await borrower.post(`/loans/${loan}/cancel`);
  failing.fail('unavailable');
  const calls = testApp.calls.length;
  await expect.poll(() => testApp.calls.length).toBeGreaterThan(calls + 5);
  failing.fail(undefined);
  await expect.poll(() => versions).toEqual([1, 2]);
  await expect.poll(() => outages).toEqual([expect.objectContaining({ kind: 'unavailable' }), undefined]);
});

it('stops without waiting for the end of the interval', async () => {
  const slow = startChangePoller({ store: testApp.store, changes, onOutage: () => {}, intervalMs: 3_600_000 });
  await slow.stop();
});
