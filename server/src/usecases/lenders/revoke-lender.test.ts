import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
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

describe('revokeLender', () => {
  it('frees the amount and responds with the lender and the loan', async () => {
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

  it('returns the same response to a repeat, and frees the amount once', async () => {
    const first = await revoke();
    testApp.advance(DAY_MS);
    const again = await revoke();
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.has('Idempotency-Replayed')).toBe(false);
    const { events } = (await borrower.get(`/loans/${loan}/events`)).body;
    expect(events.map(({ type }: { type: string }) => type).slice(3)).toEqual(['lender.revoked']);
  });

  it('succeeds for a cancelled loan', async () => {
    await borrower.post(`/loans/${loan}/cancel`);
    const { status, body } = await revoke();
    expect(status).toBe(200);
    expect(body).toMatchObject({ lender: { status: 'revoked' }, loan: { status: 'cancelled', version: 3 } });
  });

  it('ignores the media type, as it has no body', async () => {
    const { status } = await borrower.send('DELETE', `/loans/${loan}/lenders/${lender.lender_id}`, {
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(status).toBe(200);
  });
});

describe('revokeLender for an invitation that is not pending', () => {
  it.each(['accepted', 'declined', 'expired'] as const)('rejects an invitation that is %s', async (status) => {
    await rewriteLender(testApp, loan, lender.lender_id, { status });
    const before = (await borrower.get(`/loans/${loan}`)).body.loan;
    const response = await revoke();
    expect(requireProblem(response)).toEqual(CONFLICT);
    expect(response.body.message).toContain(status);
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(before);
  });

  it('rejects an expired invitation whose expiry is not written', async () => {
    testApp.advance(30 * DAY_MS);
    expect(requireProblem(await revoke())).toEqual(CONFLICT);
  });

  it('rejects an accepted invitation to a funded loan', async () => {
    await rewriteLender(testApp, loan, lender.lender_id, { status: 'accepted' });
    await rewriteLoan(testApp, loan, { status: 'funded' });
    expect(requireProblem(await revoke())).toEqual(CONFLICT);
  });
});
