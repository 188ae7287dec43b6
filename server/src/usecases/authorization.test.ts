import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireProblem } from '../testing/app/problem-assertions.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import type { TestUser } from '../testing/app/test-user.ts';
import { LOAN } from '../testing/app/test-user.ts';

/* Who may make which call, and ids that name nothing: the same for every call on a loan. */

let testApp: TestApp;
let borrower: TestUser;
let lender: TestUser;
let stranger: TestUser;
let loanId: string;
let lenderId: string;

beforeAll(async () => {
  testApp = await openTestApp();
  [borrower, lender, stranger] = [
    await testApp.as('borrower@example.com'),
    await testApp.as('ann0@example.com'),
    await testApp.as('stranger@example.com'),
  ];
  loanId = await borrower.postsLoan();
  const { body } = await borrower.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 100) });
  lenderId = body.lenders[0].lender_id;
});

afterAll(() => testApp.close());

type Call = (user: TestUser, loan: string, lender?: string) => Promise<TestResponse>;

const readCalls: Readonly<Record<string, Call>> = {
  'reading the loan': (user, loan) => user.get(`/loans/${loan}`),
  'listing its lenders': (user, loan) => user.get(`/loans/${loan}/lenders`),
  'reading its events': (user, loan) => user.get(`/loans/${loan}/events`),
};

const borrowerCalls: Readonly<Record<string, Call>> = {
  'adding lenders': (user, loan) => user.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'new') }),
  'changing a lender': (user, loan, id = lenderId) => user.patch(`/loans/${loan}/lenders/${id}`, { contribution_amount: 1 }),
  'revoking a lender': (user, loan, id = lenderId) => user.delete(`/loans/${loan}/lenders/${id}`),
  'closing it': (user, loan) => user.post(`/loans/${loan}/close`),
  'cancelling it': (user, loan) => user.post(`/loans/${loan}/cancel`),
};

const lenderCalls: Readonly<Record<string, Call>> = {
  'accepting an invitation': (user, loan) => user.post(`/invitations/${loan}/accept`),
  'declining an invitation': (user, loan) => user.post(`/invitations/${loan}/decline`),
};

const NOT_FOUND = { status: 404, error: 'NOT_FOUND', problems: [] };
const FORBIDDEN = { status: 403, error: 'FORBIDDEN', problems: [] };

/** Path segments that name nothing. */
const INVALID_IDS = [
  '019cb2f0-0000-7000-8000-000000000000',
  'x',
  '0',
  '-1',
  'null',
  'undefined',
  'loan',
  '%20',
  '%00',
  '%0a',
  '...',
  '%2F',
  'a%2Fb',
  '%',
  '%zz',
  '%E0%A4%A',
  '%ff',
  '%f0%9f%8f%a0',
  '\u{1f3e0}',
  '\u00e9',
  '%22%27%3B--',
  '{loan_id}',
  '*',
  '~',
  'lender%23x',
  '__proto__',
  'constructor',
  'x'.repeat(5000),
  '%61'.repeat(1000),
];

/** Near misses of an id. */
const similarTo = (id: string) => [
  id.toUpperCase(),
  `${id}%20`,
  `%20${id}`,
  `${id}%00`,
  `${id}%0a`,
  id.slice(0, -1),
  `${id}0`,
  `${id}%23`,
];

describe.each(Object.entries(readCalls))('%s', (_, call) => {
  it('allows the borrower and a lender', async () => {
    expect((await call(borrower, loanId)).status).toBe(200);
    expect((await call(lender, loanId)).status).toBe(200);
  });

  it('responds to a stranger as for a loan that does not exist', async () => {
    const existing = await call(stranger, loanId);
    const missing = await call(stranger, '019cb2f0-0000-7000-8000-000000000000');
    expect(requireProblem(existing)).toEqual(NOT_FOUND);
    expect(existing.body.message).toBe(missing.body.message);
    expect(existing.text).not.toMatch(/ann0|borrower@/);
  });

  it('responds 404 to any id that names nothing', async () => {
    for (const id of [...INVALID_IDS, ...similarTo(loanId)])
      expect([id, requireProblem(await call(borrower, id))]).toEqual([id, NOT_FOUND]);
  });
});

describe.each(Object.entries(borrowerCalls))('%s', (_, call) => {
  it('forbids anybody but the borrower', async () => {
    expect(requireProblem(await call(stranger, loanId))).toEqual(FORBIDDEN);
    expect(requireProblem(await call(lender, loanId))).toEqual(FORBIDDEN);
    const { body } = await borrower.get(`/loans/${loanId}`);
    expect(body.loan).toMatchObject({ version: 2, status: 'open', lender_count: 1 });
  });

  it('responds 404 to any id that names nothing, for any user', async () => {
    for (const id of [...INVALID_IDS, ...similarTo(loanId)])
      expect([id, requireProblem(await call(borrower, id))]).toEqual([id, NOT_FOUND]);
    expect(requireProblem(await call(stranger, '019cb2f0-0000-7000-8000-000000000000'))).toEqual(NOT_FOUND);
  });
});

describe.each(Object.entries(lenderCalls))('%s', (_, call) => {
  it('responds to a stranger and to the borrower as for a loan that does not exist', async () => {
    const missing = await call(stranger, '019cb2f0-0000-7000-8000-000000000000');
    for (const user of [stranger, borrower]) {
      const response = await call(user, loanId);
      expect(requireProblem(response)).toEqual(NOT_FOUND);
      expect(response.body.message).toBe(missing.body.message);
    }
  });

  it('responds 404 to any id that names nothing', async () => {
    for (const id of [...INVALID_IDS, ...similarTo(loanId)])
      expect([id, requireProblem(await call(lender, id))]).toEqual([id, NOT_FOUND]);
  });
});

describe.each(['changing a lender', 'revoking a lender'])('%s', (what) => {
  const call: Call = (...args) => borrowerCalls[what]?.(...args) ?? Promise.reject(new Error(`no call for ${what}`));

  it('responds 404 to the id of no lender', async () => {
    for (const id of [...INVALID_IDS, ...similarTo(lenderId)])
      expect([id, requireProblem(await call(borrower, loanId, id))]).toEqual([id, NOT_FOUND]);
  });

  it('responds 404 to the id of a lender of another loan', async () => {
    const other = await borrower.postsLoan();
    expect(requireProblem(await call(borrower, other, lenderId))).toEqual(NOT_FOUND);
  });

  it('does not reveal to a stranger who is a lender', async () => {
    const [existing, missing] = [await call(stranger, loanId, lenderId), await call(stranger, loanId, 'A'.repeat(22))];
    expect(requireProblem(existing)).toEqual(FORBIDDEN);
    expect(requireProblem(missing)).toEqual(FORBIDDEN);
  });
});

describe('an empty id', () => {
  it('responds 404 to an empty id', async () => {
    expect((await borrower.get('/loans//lenders')).status).toBe(404);
    expect((await borrower.post('/loans//lenders', { lenders: lenders(1, 1) })).status).toBe(404);
    expect((await borrower.delete(`/loans/${loanId}/lenders/`)).status).toBe(404);
    expect((await borrower.post('/loans//cancel')).status).toBe(404);
  });
});

describe('the loan id in the path', () => {
  it('prefers the loan id in the path to one in the query or the body', async () => {
    const other = await stranger.postsLoan();
    expect((await borrower.get(`/loans/${loanId}?loan_id=${other}`)).body.loan.loan_id).toBe(loanId);
    const body = { ...LOAN, lenders: lenders(1, 1, 'body'), loan_id: other };
    expect((await borrower.post(`/loans/${loanId}/lenders`, body)).body.loan_id).toBe(loanId);
    expect(requireProblem(await borrower.post(`/loans/${other}/lenders`, { ...body, loan_id: loanId }))).toEqual(FORBIDDEN);
  });
});
