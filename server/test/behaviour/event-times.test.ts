import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let ahead: TestApp;
let behind: TestApp;
let loan: string;

/** Two servers on one store, whose clocks differ by ten minutes. */
beforeEach(async () => {
  ahead = await openTestApp();
  behind = await openTestApp({ store: ahead.store });
  behind.advance(-10 * MINUTE_MS);
  loan = await (await ahead.as('borrower@example.com')).postsLoan({ lenders: lenders(2, 100) });
});

afterEach(() => ahead.close());

const borrowerAt = (testApp: TestApp): Promise<TestUser> => testApp.as('borrower@example.com');

async function eventTimes(): Promise<string[]> {
  const { body } = await (await borrowerAt(behind)).get(`/loans/${loan}/events?limit=100`);
  return body.events.map(({ type, at }: { type: string; at: string }) => `${at.slice(11, 16)} ${type}`);
}

describe('the times of a loan’s events', () => {
  it('do not go back when a server whose clock is behind changes the loan', async () => {
    await (await behind.as('ann0@example.com')).post(`/invitations/${loan}/accept`);
    ahead.advance(MINUTE_MS);
    await (await borrowerAt(ahead)).post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'late') });
    await (await borrowerAt(behind)).post(`/loans/${loan}/cancel`);
    expect(await eventTimes()).toEqual([
      '09:15 loan.created',
      '09:15 lender.invited',
      '09:15 lender.invited',
      '09:15 lender.accepted',
      '09:16 lender.invited',
      '09:16 loan.cancelled',
    ]);
  });

  it('follow the clock again once it has caught up', async () => {
    behind.advance(15 * MINUTE_MS);
    await (await borrowerAt(behind)).post(`/loans/${loan}/cancel`);
    expect((await eventTimes()).at(-1)).toBe('09:20 loan.cancelled');
  });

  it('do not go back where the expiry of invitations is written after the clock was set back', async () => {
    ahead.advance(31 * DAY_MS);
    const borrower = await borrowerAt(ahead);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) }); // writes the expiry of ann0
    ahead.advance(-60 * MINUTE_MS);
    await (await borrowerAt(ahead)).post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'late') });
    expect(await eventTimes()).toEqual([
      '09:15 loan.created',
      '09:15 lender.invited',
      '09:15 lender.invited',
      '09:15 lender.expired',
      '09:15 lender.invited',
      '09:15 lender.invited',
    ]);
  });
});
