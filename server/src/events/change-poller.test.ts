import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LoanId } from '../domain/ids.ts';
import { parseLoanId } from '../domain/ids.ts';
import { loanIdOf } from '../storage/keys.ts';
import type { Item, Key, Store } from '../storage/store.ts';
import { found } from '../testing/app/domain-fixtures.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { ChangeNotifier } from './change-notifier.ts';
import { ChangePoller, startChangePoller } from './change-poller.ts';

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
  testApp = await openTestApp({ store: failing.store, config: { loansPerDay: 1000 } });
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

describe('a quiet loan', () => {
  const POLLS_PER_MINUTE = 120;
  let notified: LoanId[];
  let reads: number;
  let quietPoller: ChangePoller;

  async function poll(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) await quietPoller.poll();
  }

  /** Watches loans, of which each read finds the version that `versions` has, else 1. */
  function watchLoans(count: number, versions: ReadonlyMap<LoanId, number>): LoanId[] {
    reads = 0;
    notified = [];
    const store: Pick<Store, 'batchGet'> = {
      async batchGet<Data>(keys: readonly Key<Data>[]) {
        reads += 1;
        return keys.map((key) => ({ key, version: versions.get(loanIdOf(key.partition)) ?? 1 }) as Item<Data>);
      },
    };
    const loans = Array.from({ length: count }, (_, n) =>
      found(parseLoanId(`019cb2f0-0000-7000-8000-${String(n).padStart(12, '0')}`), n),
    );
    for (const loan of loans) changes.watch(loan, () => void notified.push(loan));
    quietPoller = new ChangePoller({ store, changes });
    return loans;
  }

  beforeEach(() => poller.stop());
  afterEach(() => quietPoller.close());

  it('is read less and less: 1,500 loans in ten minutes take a few hundred calls, then 30 in a minute', async () => {
    watchLoans(1500, new Map());
    await poll(10 * POLLS_PER_MINUTE);
    expect(reads).toBeLessThanOrEqual(45 * 15); // of 1,200 polls of 15 calls each
    const before = reads;
    await poll(10 * POLLS_PER_MINUTE);
    expect(reads - before).toBeLessThanOrEqual(10 * 30);
    expect(notified).toHaveLength(1500);
  });

  it('is read again within half a minute, and often once it has changed', async () => {
    const versions = new Map<LoanId, number>();
    const loans = watchLoans(2, versions);
    const [loan = found(loans[0], 'loan')] = loans;
    await poll(10 * POLLS_PER_MINUTE);
    notified.length = 0;
    for (const id of loans) versions.set(id, 2);
    await poll(64);
    expect(notified).toEqual(loans);
    versions.set(loan, 3);
    await poll(2);
    expect(notified).toEqual([...loans, loan]);
  });

  it('is read often once this process has changed it', async () => {
    const versions = new Map<LoanId, number>();
    const loan = found(watchLoans(1, versions)[0], 'loan');
    await poll(10 * POLLS_PER_MINUTE);
    const before = reads;
    changes.notify(loan, 2);
    await poll(8);
    expect(reads - before).toBe(8);
  });

  it('is read within a quarter of the time for which it was quiet', async () => {
    const versions = new Map<LoanId, number>();
    const loan = found(watchLoans(1, versions)[0], 'loan');
    for (const quiet of [0, 5, 20, 50, 100]) {
      await poll(quiet);
      const before = notified.length;
      versions.set(loan, (versions.get(loan) ?? 1) + 1);
      await poll(Math.max(1, Math.ceil(quiet / 4)));
      expect(notified.length).toBe(before + 1);
    }
  });
});
