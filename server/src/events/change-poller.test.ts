import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoanId } from '../domain/ids.ts';
import { parseLoanId } from '../domain/ids.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { startChangePoller } from './change-poller.ts';

/* Two programs on one store: what one of them commits is found by the other. */

const INTERVAL_MS = 5;

let trouble: ReturnType<typeof failingStore>;
let testApp: TestApp;
let borrower: Person;
let changes: ChangeNotifier;
let outages: unknown[];
let lookout: ReturnType<typeof startChangePoller>;

beforeEach(async () => {
  trouble = failingStore();
  testApp = await openTestApp({ store: trouble.store });
  borrower = await testApp.as('borrower@example.com');
  changes = new ChangeNotifier(() => {});
  outages = [];
  const onOutage = (cause?: unknown) => void outages.push(cause);
  lookout = startChangePoller({ store: testApp.store, changes, onOutage, intervalMs: INTERVAL_MS });
});

afterEach(async () => {
  await lookout.stop();
  await testApp.close();
});

async function postLoan(): Promise<LoanId> {
  const id = parseLoanId(await borrower.postsLoan());
  if (!id) throw new Error('no loan');
  return id;
}

it('tells what another process did to the loans that are watched, and only where the version moved', async () => {
  const [loan, other] = [await postLoan(), await postLoan()];
  const told: number[] = [];
  changes.watch(loan, (version) => void told.push(version));
  await expect.poll(() => told).toEqual([1]);
  await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
  await borrower.post(`/loans/${other}/cancel`);
  await expect.poll(() => told).toEqual([1, 2]);
  const looks = () => testApp.calls.filter((verb) => verb === 'get').length;
  const before = looks();
  await expect.poll(looks).toBeGreaterThan(before + 5);
  expect(told).toEqual([1, 2]);
});

it('asks the store for nothing while nobody watches', async () => {
  const loan = await postLoan();
  const end = changes.watch(loan, () => {});
  await expect.poll(() => testApp.calls.at(-1)).toBe('get');
  end();
  const rounds = vi.spyOn(changes, 'watched');
  const pass = (count: number) => expect.poll(() => rounds.mock.calls.length).toBeGreaterThan(count);
  await pass(2);
  const calls = await testApp.callsOf(() => pass(12));
  expect(calls).toEqual([]);
});

it('looks at more loans than one call may name', async () => {
  const loans = await Promise.all(Array.from({ length: 205 }, postLoan));
  const told = new Set<LoanId>();
  for (const loan of loans) changes.watch(loan, () => void told.add(loan));
  await expect.poll(() => told.size).toBe(205);
});

it('survives a store that fails, says so once, and tells what it missed', async () => {
  const loan = await postLoan();
  const told: number[] = [];
  changes.watch(loan, (version) => void told.push(version));
  await expect.poll(() => told).toEqual([1]);
  await borrower.post(`/loans/${loan}/cancel`);
  trouble.fail('unavailable');
  const calls = testApp.calls.length;
  await expect.poll(() => testApp.calls.length).toBeGreaterThan(calls + 5);
  trouble.fail(undefined);
  await expect.poll(() => told).toEqual([1, 2]);
  await expect.poll(() => outages).toEqual([expect.objectContaining({ trouble: 'unavailable' }), undefined]);
});

it('stops at once', async () => {
  const slow = startChangePoller({ store: testApp.store, changes, onOutage: () => {}, intervalMs: 3_600_000 });
  await slow.stop();
});
