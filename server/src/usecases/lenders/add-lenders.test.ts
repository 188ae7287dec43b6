import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY_MS, unitsOf } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let loanId: string;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loanId = await borrower.postsLoan();
  path = `/loans/${loanId}/lenders`;
});

afterEach(() => testApp.close());

async function readLoan() {
  return (await borrower.get(`/loans/${loanId}`)).body.loan;
}

async function eventTypes(): Promise<string[]> {
  const { body } = await borrower.get(`/loans/${loanId}/events?limit=100`);
  return body.events.map(({ type, data }: { type: string; data: { lender?: { email: string } } }) =>
    data.lender ? `${type} ${data.lender.email.split('@')[0]}` : type,
  );
}

const invalid = (...problems: string[]) => ({ status: 400, error: 'VALIDATION_ERROR', problems });

describe('addLenders', () => {
  it('invites all lenders and responds with the totals', async () => {
    const { status, body } = await borrower.post(path, {
      lenders: [
        { email: ' Ana@Example.com', contribution_amount: 5000, name: 'Ana' },
        { email: 'ben@example.com', contribution_amount: '2500.50' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      loan_id: loanId,
      lenders_added: 2,
      total_invited: 7500.5,
      loan_amount: 20_000,
      remaining: 12_499.5,
      currency: 'USD',
      lenders: [
        {
          lender_id: expect.stringMatching(/^[\w-]{22}$/),
          email: 'ana@example.com',
          name: 'Ana',
          contribution_amount: 5000,
          status: 'pending',
          invited_at: '2026-03-01T09:15:00.000Z',
          expires_at: '2026-03-31T09:15:00.000Z',
        },
        expect.objectContaining({ email: 'ben@example.com', contribution_amount: 2500.5 }),
      ],
    });
  });

  it('allows exactly the remaining amount', async () => {
    const over = await borrower.post(path, { lenders: [{ email: 'ana@example.com', contribution_amount: '20000.01' }] });
    expect(over.body.details).toMatchObject([{ path: 'lenders', code: 'OVER_FUNDING' }]);
    expect(over.body.message).toContain('amount 20000.00 USD, invited 0.00 USD, requested 20000.01 USD, remaining 20000.00 USD');
    const full = await borrower.post(path, { lenders: lenders(2, 10_000) });
    expect(full.body.remaining).toBe(0);
  });
});

describe('effects of addLenders', () => {
  it('adds no lender if one is invalid', async () => {
    await borrower.post(path, { lenders: lenders(1, 100) });
    const before = await readLoan();
    const requested = [...lenders(3, 100, 'new'), ...lenders(1, 100), ...lenders(3, 100, 'more')];
    expect(requireProblem(await borrower.post(path, { lenders: requested }))).toEqual(invalid('lenders[3].email DUPLICATE_LENDER'));
    expect(await readLoan()).toEqual(before);
    expect(await eventTypes()).toEqual(['loan.created', 'lender.invited ann0']);
  });

  it('gives an address another lender id in each loan', async () => {
    const other = await borrower.postsLoan();
    const [here, there] = [
      await borrower.post(path, { lenders: lenders(2, 1) }),
      await borrower.post(`/loans/${other}/lenders`, { lenders: lenders(2, 1) }),
    ];
    const ids = [...here.body.lenders, ...there.body.lenders].map(({ lender_id }) => lender_id);
    expect(new Set(ids).size).toBe(4);
  });

  it('computes each lender id once per request', async () => {
    const hashed = vi.spyOn(testApp.app.services.ids, 'lender');
    await borrower.post(path, { lenders: lenders(3, 1) });
    expect(hashed).toHaveBeenCalledTimes(3);
  });

  it('adds amounts in numbers and strings exactly', async () => {
    const { body } = await borrower.post(path, { lenders: [...lenders(1, 0.1, 'a'), ...lenders(1, '0.20', 'b')] });
    expect([body.total_invited, body.remaining]).toEqual([0.3, 19_999.7]);
  });

  it('records events with actor and request id', async () => {
    await borrower.post(path, { lenders: lenders(2, 100) }, { 'X-Request-Id': 'adding-1' });
    const { body } = await borrower.get(`/loans/${loanId}/events`);
    expect(body.events.slice(1)).toMatchObject([
      { type: 'lender.invited', actor: 'borrower', request_id: 'adding-1', data: { loan: { version: 2, total_invited: 200 } } },
      { type: 'lender.invited', actor: 'borrower', request_id: 'adding-1', data: { loan: { version: 2, total_invited: 200 } } },
    ]);
  });
});

describe('addLenders for an address that was invited before', () => {
  let first: { lender_id: string };

  beforeEach(async () => {
    const { body } = await borrower.post(path, { lenders: [...lenders(1, 5000), ...lenders(1, 1000, 'ben')] });
    [first] = body.lenders;
  });

  const again = (amount: number) => borrower.post(path, { lenders: lenders(1, amount) });

  it('rejects a pending address until the last millisecond before its expiry', async () => {
    testApp.advance(30 * DAY_MS - 1);
    expect(requireProblem(await again(1))).toEqual(invalid('lenders[0].email DUPLICATE_LENDER'));
  });

  it('accepts an address from the moment of expiry, keeps the lender id and frees the old amount', async () => {
    testApp.advance(30 * DAY_MS);
    const { status, body } = await again(19_000);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      total_invited: 20_000,
      remaining: 0,
      lenders: [
        { ...first, contribution_amount: 19_000, invited_at: '2026-03-31T09:15:00.000Z', expires_at: '2026-04-30T09:15:00.000Z' },
      ],
    });
    expect((await eventTypes()).slice(3)).toEqual(['lender.expired ann0', 'lender.invited ann0']);
    expect((await readLoan()).lender_count).toBe(2);
  });

  it('accepts a revoked address and keeps the lender id', async () => {
    await borrower.delete(`${path}/${first.lender_id}`);
    const { body } = await again(19_000);
    expect(body).toMatchObject({ remaining: 0, lenders: [{ lender_id: first.lender_id, status: 'pending' }] });
    expect((await eventTypes()).slice(3)).toEqual(['lender.revoked ann0', 'lender.invited ann0']);
  });

  it('accepts a declined address and keeps the lender id', async () => {
    const ana = await testApp.as('ann0@example.com');
    await rewriteLender(testApp, loanId, first.lender_id, { status: 'declined', userId: ana.userId });
    await rewriteLoan(testApp, loanId, { totalInvited: unitsOf(100_000), lenderCount: 1 });
    const { body } = await again(19_000);
    expect(body).toMatchObject({ remaining: 0, lenders: [{ lender_id: first.lender_id, status: 'pending' }] });
  });

  it('rejects an accepted address', async () => {
    await rewriteLender(testApp, loanId, first.lender_id, { status: 'accepted' });
    testApp.advance(31 * DAY_MS);
    expect(requireProblem(await again(1))).toEqual(invalid('lenders[0].email DUPLICATE_LENDER'));
  });
});

describe('addLenders to a closed loan', () => {
  it.each(['funded', 'cancelled'] as const)('rejects a loan that is %s', async (status) => {
    await rewriteLoan(testApp, loanId, { status });
    expect(requireProblem(await borrower.post(path, { lenders: lenders(1, 1) }))).toEqual({
      status: 409,
      error: 'CONFLICT',
      problems: [],
    });
  });
});
