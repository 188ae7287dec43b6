import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let loan: string;
let lender: { readonly lender_id: string };

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
  const { body } = await borrower.post(`/loans/${loan}/lenders`, { lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
  [lender] = body.lenders;
});

afterEach(() => testApp.close());

const revoke = () => borrower.delete(`/loans/${loan}/lenders/${lender.lender_id}`);
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('revoking an invitation', () => {
  it('frees its amount, and answers with the lender and the loan', async () => {
    const { status, body } = await revoke();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      lender: { ...lender, status: 'revoked', contribution_amount: 5000 },
      loan: { total_invited: 1000, remaining: 19_000, lender_count: 1, version: 3 },
    });
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(body.loan);
    expect((await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 19_000, 'new') })).body.remaining).toBe(0);
  });

  it('answers the same again, and frees nothing twice', async () => {
    const first = await revoke();
    testApp.advance(DAY_MS);
    const again = await revoke();
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.has('Idempotency-Replayed')).toBe(false);
    const { events } = (await borrower.get(`/loans/${loan}/events`)).body;
    expect(events.map(({ type }: { type: string }) => type).slice(3)).toEqual(['lender.revoked']);
  });

  it('answers so also once the loan was cancelled', async () => {
    await borrower.post(`/loans/${loan}/cancel`);
    const { status, body } = await revoke();
    expect(status).toBe(200);
    expect(body).toMatchObject({ lender: { status: 'revoked' }, loan: { status: 'cancelled', version: 3 } });
  });

  it('takes no body', async () => {
    const { status } = await borrower.send('DELETE', `/loans/${loan}/lenders/${lender.lender_id}`, {
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(status).toBe(200);
  });
});

describe('an invitation that can’t be revoked', () => {
  it.each(['accepted', 'declined', 'expired'] as const)('is one that is %s', async (status) => {
    await rewriteLender(testApp, loan, lender.lender_id, { status });
    const before = (await borrower.get(`/loans/${loan}`)).body.loan;
    const answer = await revoke();
    expect(requireProblem(answer)).toEqual(CONFLICT);
    expect(answer.body.message).toContain(status);
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(before);
  });

  it('is one that has expired by the clock', async () => {
    testApp.advance(30 * DAY_MS);
    expect(requireProblem(await revoke())).toEqual(CONFLICT);
  });

  it('is one that was accepted in a loan that is funded', async () => {
    await rewriteLender(testApp, loan, lender.lender_id, { status: 'accepted' });
    await rewriteLoan(testApp, loan, { status: 'funded' });
    expect(requireProblem(await revoke())).toEqual(CONFLICT);
  });
});
