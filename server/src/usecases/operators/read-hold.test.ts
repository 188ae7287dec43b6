import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { holdOf, storeHolds } from '../../testing/risk/seed-holds.ts';

let testApp: TestApp;
let operator: TestUser;
let borrower: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp({ config: { operators: new Set([emailOf('olga@example.com')]) } });
  operator = await testApp.as('olga@example.com');
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan({ currency: 'JPY' });
  const lenders = [
    { email: 'Ana@example.com', contribution_amount: 70, name: 'Ana' },
    { email: 'ben@example.com', contribution_amount: 30 },
  ];
  await borrower.post(`/loans/${loan}/lenders`, { lenders });
  await borrower.post(`/loans/${loan}/lenders`, { lenders: [{ email: 'later@example.com', contribution_amount: 1 }] });
  await storeHolds(testApp, holdOf(loan, borrower.userId, 1000, { version: 2, invitations: 2 }));
});

afterEach(() => testApp.close());

describe('readHold', () => {
  it('has the lenders of its invitations, and no others of the loan', async () => {
    const { status, body } = await operator.get(`/operator/holds/${loan}-1000`);
    expect(status).toBe(200);
    expect(body.hold).toMatchObject({ hold_id: `${loan}-1000`, invitations: 2, loan: { currency: 'JPY', purpose: null } });
    expect(body.hold.lenders).toEqual([
      { email: 'ana@example.com', name: 'Ana', contribution_amount: 70 },
      { email: 'ben@example.com', name: null, contribution_amount: 30 },
    ]);
  });

  it('shows them as they were, after a lender was revoked', async () => {
    const { body } = await borrower.get(`/loans/${loan}/lenders`);
    for (const { lender_id } of body.lenders) await borrower.delete(`/loans/${loan}/lenders/${lender_id}`);
    expect((await operator.get(`/operator/holds/${loan}-1000`)).body.hold.lenders).toHaveLength(2);
  });

  it.each(['nothing', '019cb2f0-0000-7000-8000-000000000001-1000'])('is 404 for the id %s', async (id) => {
    expect(requireProblem(await operator.get(`/operator/holds/${id}`)).status).toBe(404);
  });

  it.each(['-1001', '-01000', '-', ''])('is 404 for the id of the loan with "%s"', async (end) => {
    expect(requireProblem(await operator.get(`/operator/holds/${loan}${end}`)).status).toBe(404);
  });

  it('takes two reads, and none for others than operators, who get 403 for any id', async () => {
    expect(await testApp.callsOf(() => operator.get(`/operator/holds/${loan}-1000`))).toEqual(['get', 'get']);
    const calls = await testApp.callsOf(async () => {
      for (const id of [`${loan}-1000`, `${loan}-1001`, 'nothing'])
        expect(requireProblem(await borrower.get(`/operator/holds/${id}`)).status).toBe(403);
    });
    expect(calls).toEqual([]);
  });
});
