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
  loan = await borrower.postsLoan({ lenders: lenders(3, 1000) });
});

afterEach(() => testApp.close());

const close = () => borrower.post(`/loans/${loan}/close`);
const accept = () => ann.post(`/invitations/${loan}/accept`);
const CONFLICT = { status: 409, error: 'CONFLICT', problems: [] };

describe('closeLoan', () => {
  it('funds the loan at the accepted total and ends pending invitations', async () => {
    await accept();
    const { status, body } = await close();
    expect(status).toBe(200);
    expect(body.loan).toMatchObject({
      amount: 20_000,
      total_invited: 1000,
      total_accepted: 1000,
      remaining: 19_000,
      lender_count: 1,
      status: 'funded',
      version: 3,
    });
    const rows: { status: string }[] = (await borrower.get(`/loans/${loan}/lenders`)).body.lenders;
    expect(rows.filter((row) => row.status === 'accepted')).toHaveLength(1);
    expect(rows.filter((row) => row.status === 'revoked')).toHaveLength(2);
  });

  it('takes one read and one commit', async () => {
    await accept();
    expect(await testApp.callsOf(close)).toEqual(['get', 'commit']);
  });

  it('returns the same response to a repeat, with one loan.closed event', async () => {
    await accept();
    const first = await close();
    expect((await close()).text).toBe(first.text);
    const { events } = (await borrower.get(`/loans/${loan}/events`)).body;
    expect(events.slice(4).map(({ type }: { type: string }) => type)).toEqual(['lender.accepted', 'loan.closed']);
  });

  it('changes nothing on a fully funded loan', async () => {
    loan = await borrower.postsLoan({ amount: 5, lenders: lenders(1, 5) });
    await accept();
    expect((await close()).body.loan).toMatchObject({ status: 'funded', version: 2 });
  });

  it('rejects a loan without an accepted lender', async () => {
    expect(requireProblem(await close())).toEqual(CONFLICT);
    await accept();
    await ann.post(`/invitations/${loan}/decline`);
    expect(requireProblem(await close())).toEqual(CONFLICT);
    expect((await borrower.get(`/loans/${loan}`)).body.loan.status).toBe('open');
  });

  it('rejects a cancelled loan, as cancelling rejects a closed one', async () => {
    await accept();
    await close();
    expect(requireProblem(await borrower.post(`/loans/${loan}/cancel`))).toEqual(CONFLICT);
    loan = await borrower.postsLoan();
    await borrower.post(`/loans/${loan}/cancel`);
    expect(requireProblem(await close())).toEqual(CONFLICT);
  });
});
