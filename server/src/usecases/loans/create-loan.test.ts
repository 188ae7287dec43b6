import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { LOAN } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;

beforeEach(async () => {
  testApp = await openTestApp({ config: { invitesPerHour: 30 } });
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
});

afterEach(() => testApp.close());

const post = (changes: Readonly<Record<string, unknown>> = {}) => borrower.post('/loans', { ...LOAN, ...changes });
const invalid = (...problems: string[]) => ({ status: 400, error: 'VALIDATION_ERROR', problems });

describe('createLoan', () => {
  it('responds with the loan and its location', async () => {
    const { status, headers, body } = await post({ amount: '20000.50', currency: 'EUR', purpose: '  A workshop\u00a0' });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      loan: {
        loan_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        amount: 20_000.5,
        currency: 'EUR',
        interest_rate: 4.5,
        term_months: 36,
        purpose: 'A workshop',
        total_invited: 0,
        total_accepted: 0,
        remaining: 20_000.5,
        lender_count: 0,
        status: 'open',
        version: 1,
        created_at: '2026-03-01T09:15:00.000Z',
      },
      lenders_added: 0,
      lenders: [],
      total_invited: 0,
      remaining: 20_000.5,
    });
    expect(headers.get('Location')).toBe(`/loans/${body.loan.loan_id}`);
    expect((await borrower.get(headers.get('Location') ?? '')).body.loan).toEqual(body.loan);
  });

  it('invites lenders in the same request', async () => {
    const { status, body } = await post({ lenders: [...lenders(2, 500), ...lenders(1, '19000.00', 'ben')] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ lenders_added: 3, total_invited: 20_000, remaining: 0 });
    expect(body.loan).toMatchObject({ version: 1, lender_count: 3, total_invited: 20_000, remaining: 0 });
    expect(body.lenders.map(({ email, status }: { email: string; status: string }) => [email, status])).toEqual([
      ['ann0@example.com', 'pending'],
      ['ann1@example.com', 'pending'],
      ['ben0@example.com', 'pending'],
    ]);
    const { events } = (await borrower.get(`/loans/${body.loan.loan_id}/events`)).body;
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['loan.created', ...Array(3).fill('lender.invited')]);
    expect((await borrower.get(`/loans/${body.loan.loan_id}/lenders`)).body.lenders).toHaveLength(3);
  });
});

describe('a created loan', () => {
  it('makes the creator the borrower', async () => {
    const { loan } = (await post()).body;
    const other = await testApp.as('other@example.com');
    expect((await other.get(`/loans/${loan.loan_id}`)).status).toBe(404);
    expect((await borrower.post(`/loans/${loan.loan_id}/lenders`, { lenders: lenders(1, 1) })).status).toBe(200);
  });

  it('defaults to USD and no purpose', async () => {
    for (const purpose of [undefined, null, '', '   ']) {
      expect((await post({ purpose })).body.loan).toMatchObject({ currency: 'USD', purpose: null });
    }
  });

  it.each([
    ['JPY', 500, 500],
    ['BHD', '1.234', 1.234],
    ['CLF', 0.0001, 0.0001],
    ['USD', 10_000_000_000, 1e10],
    ['JPY', 1e12, 1e12],
    ['HUF', 0.01, 0.01],
  ])('accepts an amount in %s: %s', async (currency, amount, expected) => {
    expect((await post({ currency, amount })).body.loan).toMatchObject({ currency, amount: expected, remaining: expected });
  });

  it.each([
    [0, 1],
    [0.001, 480],
    [100, 12],
  ])('accepts %d percent over %i months', async (interest_rate, term_months) => {
    expect((await post({ interest_rate, term_months })).body.loan).toMatchObject({ interest_rate, term_months });
  });
});

describe('createLoan with an invalid request', () => {
  afterEach(async () => {
    expect((await borrower.get('/loans')).body.loans).toEqual([]);
  });

  it.each([
    ...[0, -1, '1e3', '01', '1,000', ' 1', null, true, [1], '1.2345', 1e13].map((amount) => ({ amount })),
    ...['usd', 'XAU', 'BGN', '', 840].map((currency) => ({ currency })),
    ...[-1, 100.001, 0.0001, '5', null].map((interest_rate) => ({ interest_rate })),
    ...[0, 481, 1.5, '12', null, -1].map((term_months) => ({ term_months })),
    ...['x'.repeat(501), 'two\nlines', '\u202e', 7].map((purpose) => ({ purpose })),
    ...['ann@example.com', {}].map((lenders) => ({ lenders })),
    { amount: 1.234 },
    { amount: '1.0', currency: 'JPY' },
    { amount: '10000000000.01' },
  ])('rejects %j', async (changes) => {
    expect(requireProblem(await post(changes))).toEqual(invalid(`${Object.keys(changes)[0]} INVALID`));
  });

  it('names the currency’s decimals or limit in the error of an amount', async () => {
    expect((await post({ amount: 1.234 })).body.message).toMatch(/^1\.234 USD has more decimals than USD allows: 2\.$/);
    expect((await post({ amount: '10000000000.01' })).body.message).toMatch(
      /^10000000000\.01 USD is too much: at most 10000000000\.00 USD\.$/,
    );
  });

  it('reports all errors in the order of the request', async () => {
    const request = {
      amount: 1.234,
      currency: 'USD',
      term_months: 0,
      lenders: [{ email: 'borrower@example.com', contribution_amount: 0 }, ...lenders(1, 1), ...lenders(1, 1)],
    };
    expect(requireProblem(await borrower.post('/loans', request, { 'Idempotency-Key': '' }))).toEqual(
      invalid(
        'Idempotency-Key INVALID',
        'amount INVALID',
        'term_months INVALID',
        'lenders[0].email SELF_INVITATION',
        'lenders[0].contribution_amount INVALID',
        'lenders[2].email DUPLICATE_IN_REQUEST',
        'interest_rate INVALID',
      ),
    );
  });

  it('reports only the count for more than 20 lenders', async () => {
    expect(requireProblem(await post({ amount: 0, lenders: lenders(21, 0) }))).toEqual(invalid('lenders TOO_MANY_LENDERS'));
  });
});

describe('createLoan with lenders that the loan can’t take', () => {
  afterEach(async () => {
    expect((await borrower.get('/loans')).body.loans).toEqual([]);
  });

  it('rejects over-funding and contributions with too many decimals', async () => {
    const response = await post({ amount: 100, lenders: [...lenders(1, 100), ...lenders(1, 0.001, 'ben')] });
    expect(requireProblem(response)).toEqual(invalid('lenders[1].contribution_amount INVALID', 'lenders OVER_FUNDING'));
    expect(response.body.details[1].message).toContain(
      'amount 100.00 USD, invited 0.00 USD, requested 100.001 USD, remaining 100.00 USD',
    );
  });

  it('rejects more invitations than the hour allows', async () => {
    const other = await testApp.as('other@example.com');
    await other.postsLoan({ lenders: lenders(20, 1) });
    const response = await other.post('/loans', { ...LOAN, lenders: lenders(11, 1) });
    expect(requireProblem(response)).toEqual({ status: 429, error: 'TOO_MANY_REQUESTS', problems: [] });
    expect((await other.get('/loans')).body.loans).toHaveLength(1);
  });

  it('rejects missing sign-in, unverified addresses, other media types and large bodies', async () => {
    expect((await testApp.send('POST', '/loans', { body: LOAN })).status).toBe(401);
    const unverified = await testApp.as('borrower@example.com', { email_verified: false });
    expect((await unverified.post('/loans', LOAN)).status).toBe(403);
    expect((await borrower.post('/loans', LOAN, { 'Content-Type': 'text/csv' })).status).toBe(415);
    expect((await borrower.post('/loans', { ...LOAN, padding: 'x'.repeat(65_536) })).status).toBe(413);
  });
});
