import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireProblem } from '../testing/app/problem-assertions.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';

/* Who gets at what, and what names nothing: the same for every call on a loan. */

let testApp: TestApp;
let borrower: Person;
let lender: Person;
let stranger: Person;
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

type Call = (who: Person, loan: string, lender?: string) => Promise<Answer>;

const reading: Readonly<Record<string, Call>> = {
  'reading the loan': (who, loan) => who.get(`/loans/${loan}`),
  'listing its lenders': (who, loan) => who.get(`/loans/${loan}/lenders`),
  'reading its events': (who, loan) => who.get(`/loans/${loan}/events`),
};

const changing: Readonly<Record<string, Call>> = {
  'adding lenders': (who, loan) => who.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1, 'new') }),
  'changing a lender': (who, loan, id = lenderId) => who.patch(`/loans/${loan}/lenders/${id}`, { contribution_amount: 1 }),
  'revoking a lender': (who, loan, id = lenderId) => who.delete(`/loans/${loan}/lenders/${id}`),
  'closing it': (who, loan) => who.post(`/loans/${loan}/close`),
  'cancelling it': (who, loan) => who.post(`/loans/${loan}/cancel`),
};

const answering: Readonly<Record<string, Call>> = {
  'accepting an invitation': (who, loan) => who.post(`/invitations/${loan}/accept`),
  'declining an invitation': (who, loan) => who.post(`/invitations/${loan}/decline`),
};

const NOT_FOUND = { status: 404, error: 'NOT_FOUND', problems: [] };
const FORBIDDEN = { status: 403, error: 'FORBIDDEN', problems: [] };

/** Texts that can stand in a path as one segment and name nothing. */
const ODD = [
  ...[
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
  ],
  ...[
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
  ],
  ...['constructor', 'x'.repeat(5000), '%61'.repeat(1000)],
];

/** The same id for a careless reader. */
const nearly = (id: string) => [
  id.toUpperCase(),
  `${id}%20`,
  `%20${id}`,
  `${id}%00`,
  `${id}%0a`,
  id.slice(0, -1),
  `${id}0`,
  `${id}%23`,
];

describe.each(Object.entries(reading))('%s', (_what, call) => {
  it('is for the borrower and a lender', async () => {
    expect((await call(borrower, loanId)).status).toBe(200);
    expect((await call(lender, loanId)).status).toBe(200);
  });

  it('shows a stranger what it shows of a loan that is not there', async () => {
    const own = await call(stranger, loanId);
    const nothing = await call(stranger, '019cb2f0-0000-7000-8000-000000000000');
    expect(requireProblem(own)).toEqual(NOT_FOUND);
    expect(own.body.message).toBe(nothing.body.message);
    expect(own.text).not.toMatch(/ann0|borrower@/);
  });

  it('finds nothing under an id that names nothing, of any form', async () => {
    for (const id of [...ODD, ...nearly(loanId)]) expect([id, requireProblem(await call(borrower, id))]).toEqual([id, NOT_FOUND]);
  });
});

describe.each(Object.entries(changing))('%s', (_what, call) => {
  it('is for the borrower only', async () => {
    expect(requireProblem(await call(stranger, loanId))).toEqual(FORBIDDEN);
    expect(requireProblem(await call(lender, loanId))).toEqual(FORBIDDEN);
    const { body } = await borrower.get(`/loans/${loanId}`);
    expect(body.loan).toMatchObject({ version: 2, status: 'open', lender_count: 1 });
  });

  it('finds nothing under an id that names nothing, of any form and whoever asks', async () => {
    for (const id of [...ODD, ...nearly(loanId)]) expect([id, requireProblem(await call(borrower, id))]).toEqual([id, NOT_FOUND]);
    expect(requireProblem(await call(stranger, '019cb2f0-0000-7000-8000-000000000000'))).toEqual(NOT_FOUND);
  });
});

describe.each(Object.entries(answering))('%s', (_what, call) => {
  it('shows a stranger and the borrower what it shows of a loan that is not there', async () => {
    const nothing = await call(stranger, '019cb2f0-0000-7000-8000-000000000000');
    for (const who of [stranger, borrower]) {
      const answer = await call(who, loanId);
      expect(requireProblem(answer)).toEqual(NOT_FOUND);
      expect(answer.body.message).toBe(nothing.body.message);
    }
  });

  it('finds nothing under an id that names nothing, of any form', async () => {
    for (const id of [...ODD, ...nearly(loanId)]) expect([id, requireProblem(await call(lender, id))]).toEqual([id, NOT_FOUND]);
  });
});

describe.each(['changing a lender', 'revoking a lender'])('%s', (what) => {
  const call: Call = (...context) => changing[what]?.(...context) ?? Promise.reject(new Error(`nobody is ${what}`));

  it('finds nobody under an id that names nobody, of any form', async () => {
    for (const id of [...ODD, ...nearly(lenderId)])
      expect([id, requireProblem(await call(borrower, loanId, id))]).toEqual([id, NOT_FOUND]);
  });

  it('finds nobody under the id of a lender in another loan', async () => {
    const other = await borrower.postsLoan();
    expect(requireProblem(await call(borrower, other, lenderId))).toEqual(NOT_FOUND);
  });

  it('tells a stranger nothing of who is a lender', async () => {
    const [there, nobody] = [await call(stranger, loanId, lenderId), await call(stranger, loanId, 'A'.repeat(22))];
    expect(requireProblem(there)).toEqual(FORBIDDEN);
    expect(requireProblem(nobody)).toEqual(FORBIDDEN);
  });
});

describe('an id that is empty', () => {
  it('names no page', async () => {
    expect((await borrower.get('/loans//lenders')).status).toBe(404);
    expect((await borrower.post('/loans//lenders', { lenders: lenders(1, 1) })).status).toBe(404);
    expect((await borrower.delete(`/loans/${loanId}/lenders/`)).status).toBe(404);
    expect((await borrower.post('/loans//cancel')).status).toBe(404);
  });
});

describe('a loan of the path', () => {
  it('is meant, whatever loan the query or the body names', async () => {
    const other = await stranger.postsLoan();
    expect((await borrower.get(`/loans/${loanId}?loan_id=${other}`)).body.loan.loan_id).toBe(loanId);
    const body = { ...LOAN, lenders: lenders(1, 1, 'body'), loan_id: other };
    expect((await borrower.post(`/loans/${loanId}/lenders`, body)).body.loan_id).toBe(loanId);
    expect(requireProblem(await borrower.post(`/loans/${other}/lenders`, { ...body, loan_id: loanId }))).toEqual(FORBIDDEN);
  });
});
