import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoanId, parseLoanId } from '../domain/ids.ts';
import { errorOf } from '../testing/app/domain-fixtures.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { LoanEventHub, SUBSCRIPTIONS_PER_USER_MAX } from './event-hub.ts';

let failing: ReturnType<typeof failingStore>;
let testApp: TestApp;
let borrower: TestUser;
let loan: LoanId;
let hub: LoanEventHub;

beforeEach(async () => {
  failing = failingStore();
  testApp = await openTestApp({ store: failing.store });
  borrower = await testApp.as('borrower@example.com');
  const id = parseLoanId(await borrower.postsLoan());
  if (!id) throw new Error('no loan');
  loan = id;
  const { changes, budget } = testApp.app.services;
  hub = new LoanEventHub({ store: testApp.store, changes, random: () => 0.1, budget });
});

afterEach(() => testApp.close());

const subscribe = () => hub.subscribe(loan, borrower);
const invite = (prefix: string) => borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, prefix) });
const versions = (batches: readonly { version: number }[]) => batches.map(({ version }) => version);

describe('LoanEventHub', () => {
  it('waits for the next event batch and returns all batches after a version in order', async () => {
    const subscription = subscribe();
    subscription.noteVersion(1);
    const next = subscription.batchesAfter(1);
    await invite('one');
    expect(versions(await next)).toEqual([2]);
    for (const name of ['two', 'three']) await invite(name);
    expect(versions(await subscription.batchesAfter(0))).toEqual([1, 2, 3, 4]);
    expect(versions(await subscription.batchesAfter(3))).toEqual([4]);
  });

  it('does not miss a change between subscribing and reading the loan', async () => {
    const subscription = subscribe();
    await invite('one');
    subscription.noteVersion(1);
    expect(versions(await subscription.batchesAfter(1))).toEqual([2]);
  });

  it('reads a page once for concurrent and for later subscriptions', async () => {
    const subscriptions = Array.from({ length: 100 }, () => subscribe());
    for (const subscription of subscriptions) subscription.noteVersion(1);
    const reads = await testApp.callsOf(() => Promise.all(subscriptions.map((subscription) => subscription.batchesAfter(0))));
    expect(reads).toEqual(['list']);
    expect(await testApp.callsOf(() => subscribe().batchesAfter(0))).toEqual([]);
  });

  it('ends a pending read when its subscription closes, and stops watching the loan after the last one', async () => {
    const [first, second] = [subscribe(), subscribe()];
    first.noteVersion(1);
    const waiting = first.batchesAfter(1);
    first.close();
    first.close();
    expect(await waiting).toEqual([]);
    expect(testApp.app.services.changes.watched()).toEqual([loan]);
    second.close();
    expect(testApp.app.services.changes.watched()).toEqual([]);
    expect(await first.batchesAfter(0)).toEqual([]);
  });

  it('retries a read that the store throttles', async () => {
    const subscription = subscribe();
    subscription.noteVersion(1);
    failing.fail('throttled');
    const next = subscription.batchesAfter(0);
    await expect.poll(() => testApp.calls.filter((verb) => verb === 'list').length).toBe(2);
    failing.fail(undefined);
    expect(versions(await next)).toEqual([1]);
  });

  it('rejects a read when the store stays unavailable', async () => {
    const subscription = subscribe();
    subscription.noteVersion(1);
    failing.fail('unavailable');
    await expect(subscription.batchesAfter(0)).rejects.toMatchObject({ kind: 'unavailable' });
    failing.fail(undefined);
    expect(versions(await subscription.batchesAfter(0))).toEqual([1]);
  });

  it('limits the subscriptions of a user, over all connections, and says so', () => {
    const subscriptions = Array.from({ length: SUBSCRIPTIONS_PER_USER_MAX }, subscribe);
    expect(errorOf(subscribe)).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('200 open subscriptions') });
    const [first] = subscriptions;
    first?.close();
    first?.close();
    subscribe();
    expect(errorOf(subscribe).code).toBe('CONFLICT');
  });

  it('lets a user at the limit replace a subscription, and other users subscribe', async () => {
    for (let count = 0; count < SUBSCRIPTIONS_PER_USER_MAX; count += 1) subscribe();
    hub.subscribe(loan, { ...borrower, isReplacement: true });
    hub.subscribe(loan, await testApp.as('other@example.com'));
    expect(errorOf(() => hub.subscribe(loan, { ...borrower, isReplacement: true })).code).toBe('CONFLICT');
  });
});
