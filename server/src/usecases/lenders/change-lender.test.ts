import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeCounterKey } from '../../storage/keys.ts';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

const HOUR_MS = 3_600_000;

let testApp: TestApp;
let borrower: TestUser;
let loan: string;
let lender: { readonly lender_id: string; readonly email: string };

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
  const { body } = await borrower.post(`/loans/${loan}/lenders`, {
    lenders: [{ ...lenders(1, 5000)[0], name: 'Ana' }, ...lenders(1, 1000, 'ben')],
  });
  [lender] = body.lenders;
});

afterEach(() => testApp.close());

const change = (contribution_amount: unknown) =>
  borrower.patch(`/loans/${loan}/lenders/${lender.lender_id}`, { contribution_amount });
const invalid = (...problems: string[]) => ({ status: 400, error: 'VALIDATION_ERROR', problems });
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('changeLender', () => {
  it('responds with the changed lender and loan', async () => {
    const { status, body } = await change('7000.50');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      lender: { ...lender, name: 'Ana', contribution_amount: 7000.5, status: 'pending' },
      loan: { total_invited: 8000.5, remaining: 11_999.5, lender_count: 2, version: 3 },
    });
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toEqual(body.loan);
    expect((await borrower.get(`/loans/${loan}/lenders`)).body.lenders).toContainEqual(body.lender);
  });

  it('keeps the dates of the invitation', async () => {
    testApp.advance(DAY_MS);
    expect((await change(1)).body.lender).toMatchObject({
      invited_at: '2026-03-01T09:15:00.000Z',
      expires_at: '2026-03-31T09:15:00.000Z',
    });
  });

  it('allows 1000 changes an hour, not counting requests that change nothing', async () => {
    await change(2);
    const key = changeCounterKey(borrower.userId);
    const [counter] = await testApp.store.get([key]);
    expect(counter).toMatchObject({ version: 1, data: { period: '2026-03-01T09', count: 1 } });
    await testApp.store.commit(testApp.app.services.ids.command(), [
      { key, expected: 1, data: { period: '2026-03-01T09', count: 999 } },
    ]);
    expect((await change(3)).status).toBe(200);
    expect((await change(3)).status).toBe(200);
    const rejected = await change(4);
    expect(rejected.body).toMatchObject({
      status: 429,
      message: expect.stringContaining('1000 changes an hour'),
      retry_after: 2700,
    });
    expect((await borrower.get(`/loans/${loan}`)).body.loan).toMatchObject({ total_invited: 1003, version: 4 });
    testApp.advance(HOUR_MS);
    expect((await change(4)).status).toBe(200);
  });

  it('records one event, and none for an unchanged amount', async () => {
    await change(6000);
    const { body } = await change('6000.00');
    expect(body).toMatchObject({ lender: { contribution_amount: 6000 }, loan: { version: 3 } });
    const { events } = (await borrower.get(`/loans/${loan}/events`)).body;
    expect(events.slice(3)).toMatchObject([
      { type: 'lender.changed', actor: 'borrower', data: { lender: { contribution_amount: 6000 }, loan: { total_invited: 7000 } } },
    ]);
    expect(events).toHaveLength(4);
  });

  it('allows exactly what the other lenders leave', async () => {
    const over = await change('19000.01');
    expect(requireProblem(over)).toEqual(invalid('contribution_amount OVER_FUNDING'));
    expect(over.body.message).toContain('amount 20000.00 USD, invited 1000.00 USD, requested 19000.01 USD, remaining 19000.00 USD');
    expect((await change(19_000)).body.loan.remaining).toBe(0);
  });

  it('does not count as an invitation of the hour', async () => {
    for (let amount = 1; amount <= 250; amount += 1) expect((await change(amount)).status).toBe(200);
  });
});

describe('changeLender with an invalid request', () => {
  it.each([0, -1, '01', '1,000', null, true, {}, 1e13, '1.23456'])('rejects %j', async (amount) => {
    expect(requireProblem(await change(amount))).toEqual(invalid('contribution_amount INVALID'));
  });

  it('rejects a missing amount', async () => {
    expect(requireProblem(await change(undefined))).toEqual(invalid('contribution_amount INVALID'));
  });

  it('reports all errors of the amount', async () => {
    expect(requireProblem(await change('19000.001'))).toEqual(
      invalid('contribution_amount INVALID', 'contribution_amount OVER_FUNDING'),
    );
  });

  it.each(['accepted', 'declined', 'revoked', 'expired'] as const)('rejects an invitation that is %s', async (status) => {
    await rewriteLender(testApp, loan, lender.lender_id, { status });
    const response = await change(1);
    expect(requireProblem(response)).toEqual(CONFLICT);
    expect(response.body.message).toContain(status);
  });

  it('rejects an invitation from the moment of expiry', async () => {
    testApp.advance(30 * DAY_MS - 1);
    expect((await change(1)).status).toBe(200);
    testApp.advance(1);
    expect(requireProblem(await change(2))).toEqual(CONFLICT);
  });

  it.each(['funded', 'cancelled'] as const)('rejects a loan that is %s', async (status) => {
    await rewriteLoan(testApp, loan, { status });
    expect(requireProblem(await change(1))).toEqual(CONFLICT);
  });

  it('reports the ended loan rather than the amount', async () => {
    await rewriteLoan(testApp, loan, { status: 'cancelled' });
    expect(requireProblem(await change(1e9))).toEqual(CONFLICT);
  });

  it('rejects malformed input without a storage call', async () => {
    const calls = await testApp.callsOf(async () => {
      const path = `/loans/${loan}/lenders/${'A'.repeat(22)}`;
      expect((await borrower.patch(path, { contribution_amount: 0 })).status).toBe(400);
    });
    expect(calls).toEqual([]);
  });
});
