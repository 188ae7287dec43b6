import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ lenders: lenders(3, 1000) });
});

afterEach(() => testApp.close());

const cancel = () => borrower.post(`/loans/${loan}/cancel`);
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('cancelLoan', () => {
  it('ends the loan and all its invitations', async () => {
    const [ann] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    await rewriteLender(testApp, loan, ann.lender_id, { status: 'accepted' });
    const { status, body } = await cancel();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      loan: { status: 'cancelled', total_invited: 0, total_accepted: 0, remaining: 20_000, lender_count: 0, version: 2 },
    });
    const rows = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    expect(rows.map((row: { status: string }) => row.status)).toEqual(['revoked', 'revoked', 'revoked']);
  });

  it('makes the same storage calls with and without lenders', async () => {
    const empty = await borrower.postsLoan();
    expect(await testApp.callsOf(cancel)).toEqual(['get', 'commit']);
    expect(await testApp.callsOf(() => borrower.post(`/loans/${empty}/cancel`))).toEqual(['get', 'commit']);
  });

  it('keeps the status of invitations that ended before', async () => {
    const [ann, ben] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    await rewriteLender(testApp, loan, ann.lender_id, { status: 'declined' });
    await rewriteLender(testApp, loan, ben.lender_id, { status: 'expired' });
    await cancel();
    const rows = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    expect(rows.map((row: { status: string }) => row.status)).toEqual(['declined', 'expired', 'revoked']);
  });

  it('returns the same response to a repeat, with one event', async () => {
    const first = await cancel();
    testApp.advance(DAY_MS);
    const again = await cancel();
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    const { events } = (await borrower.get(`/loans/${loan}/events`)).body;
    expect(events.slice(4)).toMatchObject([{ type: 'loan.cancelled', actor: 'borrower', data: { loan: { status: 'cancelled' } } }]);
    expect(events).toHaveLength(5);
  });

  it('prevents all further changes of the loan', async () => {
    const [ann] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    await cancel();
    expect(requireProblem(await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'new') }))).toEqual(CONFLICT);
    expect(requireProblem(await borrower.patch(`/loans/${loan}/lenders/${ann.lender_id}`, { contribution_amount: 1 }))).toEqual(
      CONFLICT,
    );
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toMatchObject({ status: 'cancelled', version: 2 });
  });

  it('rejects a funded loan', async () => {
    await rewriteLoan(testApp, loan, { status: 'funded' });
    const response = await cancel();
    expect(requireProblem(response)).toEqual(CONFLICT);
    expect(response.body.message).toContain('funded');
  });

  it('accepts an empty object as the body, and rejects malformed JSON', async () => {
    expect((await borrower.post(`/loans/${loan}/cancel`, {})).status).toBe(200);
    const raw = await borrower.send('POST', `/loans/${loan}/cancel`, {
      raw: 'yes',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(requireProblem(raw)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: [' INVALID'] });
  });
});
