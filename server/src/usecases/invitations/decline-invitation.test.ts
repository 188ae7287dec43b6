import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let ann: Person;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  ann = await testApp.as('ann0@example.com');
  loan = await borrower.postsLoan({ amount: 6000, lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
});

afterEach(() => testApp.close());

const answer = (what: 'accept' | 'decline') => ann.post(`/invitations/${loan}/${what}`);

describe('declining an invitation', () => {
  it('frees its amount for others', async () => {
    const { status, body } = await answer('decline');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      invitation: { status: 'declined', contribution_amount: 5000 },
      loan: { total_invited: 1000, total_accepted: 0, remaining: 5000, lender_count: 1, version: 2 },
    });
    expect((await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 5000, 'eve') })).body.remaining).toBe(0);
  });

  it('is a change of mind as long as the loan is open', async () => {
    await answer('accept');
    const { body } = await answer('decline');
    expect(body.loan).toMatchObject({ total_invited: 1000, total_accepted: 0, lender_count: 1, version: 3 });
  });

  it('is too late once the loan is funded', async () => {
    await answer('accept');
    await borrower.post(`/loans/${loan}/close`);
    expect(requireProblem(await answer('decline'))).toEqual({ status: 409, error: 'CONFLICT', problems: [] });
    expect((await ann.get('/invitations')).body.invitations).toMatchObject([{ status: 'accepted' }]);
  });

  it('answers the same again, also once the loan has ended, and frees nothing twice', async () => {
    const first = await answer('decline');
    const again = await answer('decline');
    expect([again.status, again.text]).toEqual([200, first.text]);
    await borrower.post(`/loans/${loan}/cancel`);
    expect((await answer('decline')).body.invitation.status).toBe('declined');
  });

  it('does not keep the borrower from inviting the address anew, in a round of its own', async () => {
    const { body } = await answer('decline');
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 5000) });
    expect((await answer('accept')).body).toMatchObject({
      invitation: { status: 'accepted', lender_id: body.invitation.lender_id },
      loan: { total_accepted: 5000, lender_count: 2 },
    });
  });
});
