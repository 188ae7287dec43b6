import { beforeEach, describe, expect, it } from 'vitest';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

const DAY_MS = 86_400_000;

let testApp: TestApp;
let borrower: TestUser;
let loanId: string;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loanId = await borrower.postsLoan();
  const added = await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5000) });
  path = `/loans/${loanId}/lenders/${added.body.lenders[0].lender_id}/reminders`;
});

const statusOf = async (response: Promise<{ readonly status: number }>) => (await response).status;

describe('remindLender', () => {
  it('allows one reminder a UTC day, and responds with the time to the next', async () => {
    expect(await statusOf(borrower.post(path))).toBe(202);
    const again = await borrower.post(path);
    const untilMidnight = (14 * 60 + 45) * 60;
    expect([again.status, again.body.error, again.body.retry_after]).toEqual([429, 'TOO_MANY_REQUESTS', untilMidnight]);
    expect(again.headers.get('Retry-After')).toBe(String(untilMidnight));
    testApp.advance(untilMidnight * 1000);
    expect(await statusOf(borrower.post(path))).toBe(202);
  });

  it('replays the first response for a repeated key, and does not change the loan', async () => {
    const before = (await borrower.get(`/loans/${loanId}`)).text;
    const first = await borrower.post(path, undefined, { 'Idempotency-Key': 'remind' });
    const repeat = await borrower.post(path, undefined, { 'Idempotency-Key': 'remind' });
    expect([first.status, repeat.status, repeat.text === first.text]).toEqual([202, 202, true]);
    expect((await borrower.get(`/loans/${loanId}`)).text).toBe(before);
  });

  it('sends one reminder for concurrent requests', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => borrower.post(path)));
    expect(responses.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(19);
  });

  it('rejects other users, unknown lenders and answered invitations', async () => {
    const lender = await testApp.as('ann0@example.com');
    expect(await statusOf(lender.post(path))).toBe(403);
    expect(await statusOf(borrower.post(`/loans/${loanId}/lenders/${'A'.repeat(22)}/reminders`))).toBe(404);
    expect(await statusOf(borrower.post(`/loans/nothing/lenders/nobody/reminders`))).toBe(404);
    await lender.post(`/invitations/${loanId}/accept`);
    expect(await statusOf(borrower.post(path))).toBe(409);
    await lender.post(`/invitations/${loanId}/decline`);
    expect(await statusOf(borrower.post(path))).toBe(409);
  });

  it('rejects an expired invitation', async () => {
    testApp.advance(30 * DAY_MS);
    expect(await statusOf(borrower.post(path))).toBe(409);
  });

  it('takes two storage calls, one where it is rejected', async () => {
    expect(await testApp.callsOf(() => borrower.post(path))).toEqual(['get', 'commit']);
    expect(await testApp.callsOf(() => borrower.post(path))).toEqual(['get']);
  });
});
