import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let loan: string;
let lenderId: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ purpose: 'A workshop', currency: 'BHD', amount: '1000.125' });
  const { body } = await borrower.post(`/loans/${loan}/lenders`, { lenders: [...lenders(1, '0.125'), ...lenders(1, 1, 'ben')] });
  lenderId = body.lenders[0].lender_id;
});

afterEach(() => testApp.close());

const NOT_FOUND = { status: 404, error: 'NOT_FOUND', problems: [] };

describe('reading a loan', () => {
  it('shows its terms and how far it is met', async () => {
    const { status, body } = await borrower.get(`/loans/${loan}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      loan: {
        loan_id: loan,
        amount: 1000.125,
        currency: 'BHD',
        interest_rate: 4.5,
        term_months: 36,
        purpose: 'A workshop',
        total_invited: 1.125,
        total_accepted: 0,
        remaining: 999,
        lender_count: 2,
        status: 'open',
        version: 2,
        created_at: '2026-03-01T09:15:00.000Z',
      },
    });
  });

  it('shows a lender the same, also one who had no account when they were invited', async () => {
    const ann = await testApp.as('ANN0@Example.com');
    expect((await ann.get(`/loans/${loan}`)).text).toBe((await borrower.get(`/loans/${loan}`)).text);
  });

  it.each(['declined', 'revoked', 'accepted'] as const)('shows it to a lender whose invitation was %s', async (status) => {
    const ann = await testApp.as('ann0@example.com');
    await rewriteLender(testApp, loan, lenderId, { status, userId: ann.userId });
    expect((await ann.get(`/loans/${loan}`)).status).toBe(200);
  });

  it('shows it to a lender whose invitation has expired', async () => {
    const ann = await testApp.as('ann0@example.com');
    testApp.advance(31 * DAY_MS);
    expect((await ann.get(`/loans/${loan}`)).status).toBe(200);
  });

  it('shows nothing to whoever holds the address of an invitation that another user has answered', async () => {
    const [ann, answerer] = [await testApp.as('ann0@example.com'), await testApp.as('ann@new.example')];
    await rewriteLender(testApp, loan, lenderId, { status: 'accepted', userId: answerer.userId });
    expect(requireProblem(await ann.get(`/loans/${loan}`))).toEqual(NOT_FOUND);
    expect(requireProblem(await ann.get(`/loans/${loan}/lenders`))).toEqual(NOT_FOUND);
    expect(requireProblem(await ann.get(`/loans/${loan}/events`))).toEqual(NOT_FOUND);
  });

  it('shows nothing to a lender of another loan, or to an address that is like a lender’s', async () => {
    const other = await testApp.as('other@example.com');
    await borrower.postsLoan({ lenders: [{ email: 'other@example.com', contribution_amount: 1 }] });
    expect(requireProblem(await other.get(`/loans/${loan}`))).toEqual(NOT_FOUND);
    expect(requireProblem(await (await testApp.as('ann0+x@example.com')).get(`/loans/${loan}`))).toEqual(NOT_FOUND);
  });

  it('shows nothing to an address that is not verified, the borrower’s included', async () => {
    for (const address of ['borrower@example.com', 'ann0@example.com']) {
      const unverified = await testApp.as(address, { email_verified: false });
      expect(requireProblem(await unverified.get(`/loans/${loan}`))).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
    }
    expect((await testApp.send('GET', `/loans/${loan}`)).status).toBe(401);
  });

  it('takes one call to the store', async () => {
    expect(await testApp.callsOf(() => borrower.get(`/loans/${loan}`))).toEqual(['get']);
  });
});
