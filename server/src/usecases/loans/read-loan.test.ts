import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
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

describe('readLoan', () => {
  it('returns the terms and totals', async () => {
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
      mails_on_their_way: 0,
    });
  });

  it('returns the same loan to a lender, even if their account is newer than the invitation, but nothing of mails', async () => {
    const ann = await testApp.as('ANN0@Example.com');
    const { success, loan: seen } = (await borrower.get(`/loans/${loan}`)).body;
    expect((await ann.get(`/loans/${loan}`)).body).toEqual({ success, loan: seen });
  });

  it.each(['declined', 'revoked', 'accepted'] as const)('allows a lender whose invitation is %s', async (status) => {
    const ann = await testApp.as('ann0@example.com');
    await rewriteLender(testApp, loan, lenderId, { status, userId: ann.userId });
    expect((await ann.get(`/loans/${loan}`)).status).toBe(200);
  });

  it('allows a lender whose invitation has expired', async () => {
    const ann = await testApp.as('ann0@example.com');
    testApp.advance(31 * DAY_MS);
    expect((await ann.get(`/loans/${loan}`)).status).toBe(200);
  });

  it('does not expose a claimed invitation to a new owner of its address', async () => {
    const [ann, claimant] = [await testApp.as('ann0@example.com'), await testApp.as('ann@new.example')];
    await rewriteLender(testApp, loan, lenderId, { status: 'accepted', userId: claimant.userId });
    expect(requireProblem(await ann.get(`/loans/${loan}`))).toEqual(NOT_FOUND);
    expect(requireProblem(await ann.get(`/loans/${loan}/lenders`))).toEqual(NOT_FOUND);
    expect(requireProblem(await ann.get(`/loans/${loan}/events`))).toEqual(NOT_FOUND);
  });

  it('responds 404 to a lender of another loan, and to an address similar to a lender’s', async () => {
    const other = await testApp.as('other@example.com');
    await borrower.postsLoan({ lenders: [{ email: 'other@example.com', contribution_amount: 1 }] });
    expect(requireProblem(await other.get(`/loans/${loan}`))).toEqual(NOT_FOUND);
    expect(requireProblem(await (await testApp.as('ann0+x@example.com')).get(`/loans/${loan}`))).toEqual(NOT_FOUND);
  });

  it('rejects unverified addresses, including the borrower’s', async () => {
    for (const address of ['borrower@example.com', 'ann0@example.com']) {
      const unverified = await testApp.as(address, { email_verified: false });
      expect(requireProblem(await unverified.get(`/loans/${loan}`))).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
    }
    expect((await testApp.send('GET', `/loans/${loan}`)).status).toBe(401);
  });

  it('takes one storage call', async () => {
    expect(await testApp.callsOf(() => borrower.get(`/loans/${loan}`))).toEqual(['get']);
  });
});
