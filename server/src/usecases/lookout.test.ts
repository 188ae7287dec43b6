import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoanId } from '../domain/ids.ts';
import { parseLoanId } from '../domain/ids.ts';
import { type Lab, lenders, openLab, type Person } from '../testing/lab.ts';
import { troubledStore } from '../testing/troubled-store.ts';
import { Changes } from './changes.ts';
import { startLookout } from './lookout.ts';

/* Two programs on one store: what one of them commits is found by the other. */

const INTERVAL_MS = 5;

let trouble: ReturnType<typeof troubledStore>;
let lab: Lab;
let borrower: Person;
let changes: Changes;
let outages: unknown[];
let lookout: ReturnType<typeof startLookout>;

beforeEach(async () => {
  trouble = troubledStore();
  lab = await openLab({ store: trouble.store });
  borrower = await lab.as('borrower@example.com');
  changes = new Changes(() => {});
  outages = [];
  const onOutage = (cause?: unknown) => void outages.push(cause);
  lookout = startLookout({ store: lab.store, changes, onOutage, intervalMs: INTERVAL_MS });
});

afterEach(async () => {
  await lookout.stop();
  await lab.close();
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
  const looks = () => lab.calls.filter((verb) => verb === 'get').length;
  const before = looks();
  await expect.poll(looks).toBeGreaterThan(before + 5);
  expect(told).toEqual([1, 2]);
});

it('asks the store for nothing while nobody watches', async () => {
  const loan = await postLoan();
  const end = changes.watch(loan, () => {});
  await expect.poll(() => lab.calls.at(-1)).toBe('get');
  end();
  const rounds = vi.spyOn(changes, 'watched');
  const pass = (count: number) => expect.poll(() => rounds.mock.calls.length).toBeGreaterThan(count);
  await pass(2);
  const calls = await lab.callsOf(() => pass(12));
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
  const calls = lab.calls.length;
  await expect.poll(() => lab.calls.length).toBeGreaterThan(calls + 5);
  trouble.fail(undefined);
  await expect.poll(() => told).toEqual([1, 2]);
  await expect.poll(() => outages).toEqual([expect.objectContaining({ trouble: 'unavailable' }), undefined]);
});

it('stops at once', async () => {
  const slow = startLookout({ store: lab.store, changes, onOutage: () => {}, intervalMs: 3_600_000 });
  await slow.stop();
});
