import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';
import { LoanEventHub } from './event-hub.ts';

let trouble: ReturnType<typeof failingStore>;
let testApp: TestApp;
let borrower: Person;
let loan: LoanId;
let channels: LoanEventHub;

beforeEach(async () => {
  trouble = failingStore();
  testApp = await openTestApp({ store: trouble.store });
  borrower = await testApp.as('borrower@example.com');
  const id = parseLoanId(await borrower.postsLoan());
  if (!id) throw new Error('no loan');
  loan = id;
  channels = new LoanEventHub(testApp.store, testApp.app.services.changes, () => 0.1);
});

afterEach(() => testApp.close());

const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });
const versions = (batches: readonly { version: number }[]) => batches.map(({ version }) => version);

describe('the audience of a loan', () => {
  it('waits for what is not there yet, and gets all of it in order', async () => {
    const seat = channels.join(loan);
    seat.sawVersion(1);
    const next = seat.behind(1);
    await invite('one');
    expect(versions(await next)).toEqual([2]);
    for (const name of ['two', 'three']) await invite(name);
    expect(versions(await seat.behind(0))).toEqual([1, 2, 3, 4]);
    expect(versions(await seat.behind(3))).toEqual([4]);
  });

  it('hears of what happens between its seat and its look', async () => {
    const seat = channels.join(loan);
    await invite('one');
    seat.sawVersion(1);
    expect(versions(await seat.behind(1))).toEqual([2]);
  });

  it('shares what it reads, and what was read before', async () => {
    const seats = Array.from({ length: 100 }, () => channels.join(loan));
    for (const seat of seats) seat.sawVersion(1);
    const reads = await testApp.callsOf(() => Promise.all(seats.map((seat) => seat.behind(0))));
    expect(reads).toEqual(['list']);
    expect(await testApp.callsOf(() => channels.join(loan).behind(0))).toEqual([]);
  });

  it('that leaves is kept waiting no longer, and then nobody watches', async () => {
    const [first, second] = [channels.join(loan), channels.join(loan)];
    first.sawVersion(1);
    const waiting = first.behind(1);
    first.leave();
    first.leave();
    expect(await waiting).toEqual([]);
    expect(testApp.app.services.changes.watched()).toEqual([loan]);
    second.leave();
    expect(testApp.app.services.changes.watched()).toEqual([]);
    expect(await first.behind(0)).toEqual([]);
  });

  it('is not sent away because the store is short of breath', async () => {
    const seat = channels.join(loan);
    seat.sawVersion(1);
    trouble.fail('throttled');
    const next = seat.behind(0);
    await expect.poll(() => testApp.calls.filter((verb) => verb === 'list').length).toBe(2);
    trouble.fail(undefined);
    expect(versions(await next)).toEqual([1]);
  });

  it('is told of a store that stays away', async () => {
    const seat = channels.join(loan);
    seat.sawVersion(1);
    trouble.fail('unavailable');
    await expect(seat.behind(0)).rejects.toMatchObject({ trouble: 'unavailable' });
    trouble.fail(undefined);
    expect(versions(await seat.behind(0))).toEqual([1]);
  });
});
