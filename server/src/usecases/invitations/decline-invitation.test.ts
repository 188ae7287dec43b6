import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let ann: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  ann = await testApp.as('ann0@example.com');
  loan = await borrower.postsLoan({ amount: 6000, lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
});

afterEach(() => testApp.close());

const respond = (response: 'accept' | 'decline') => ann.post(`/invitations/${loan}/${response}`);

describe('declineInvitation', () => {
  it('frees the amount for others', async () => {
    const { status, body } = await respond('decline');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      invitation: { status: 'declined', contribution_amount: 5000 },
      loan: { total_invited: 1000, total_accepted: 0, remaining: 5000, lender_count: 1, version: 2 },
    });
    expect((await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 5000, 'eve') })).body.remaining).toBe(0);
  });

  it('declines an accepted invitation while the loan is open', async () => {
    await respond('accept');
    const { body } = await respond('decline');
    expect(body.loan).toMatchObject({ total_invited: 1000, total_accepted: 0, lender_count: 1, version: 3 });
  });

  it('rejects an accepted lender once the loan is funded', async () => {
    await respond('accept');
    await borrower.post(`/loans/${loan}/close`);
    expect(requireProblem(await respond('decline'))).toEqual({ status: 409, error: 'CONFLICT', problems: [] });
    expect((await ann.get('/invitations')).body.invitations).toMatchObject([{ status: 'accepted' }]);
  });

  it('returns the same response to a repeat, even after the loan has ended, and frees the amount once', async () => {
    const first = await respond('decline');
    const again = await respond('decline');
    expect([again.status, again.text]).toEqual([200, first.text]);
    await borrower.post(`/loans/${loan}/cancel`);
    expect((await respond('decline')).body.invitation.status).toBe('declined');
  });

  it('does not prevent the borrower from inviting the address again', async () => {
    const { body } = await respond('decline');
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 5000) });
    expect((await respond('accept')).body).toMatchObject({
      invitation: { status: 'accepted', lender_id: body.invitation.lender_id },
      loan: { total_accepted: 5000, lender_count: 2 },
    });
  });
});
