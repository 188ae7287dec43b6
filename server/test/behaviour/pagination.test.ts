import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf } from '../../src/testing/app/domain-fixtures.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { firstCursor, readPages } from '../../src/testing/app/read-pages.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { holdOf, storeHolds } from '../../src/testing/risk/seed-holds.ts';

/* Limits and cursors, the same for every list. */

const ROWS = 45;
const MAC_BYTES = 12;

interface List {
  readonly name: string;
  readonly path: () => string;
  readonly member: string;
  readonly parameter: 'after' | 'cursor';
  /** Member that identifies a row. */
  readonly id: string;
  /** Content of its cursors after the signature. */
  readonly position: RegExp;
  /** Lists of the same user whose cursors are invalid here. */
  readonly others: () => readonly string[];
}

let testApp: TestApp;
let borrower: TestUser;
let other: TestUser;
let loan: string;
let secondLoan: string;
/** A loan of `other` with the borrower as a lender. */
let otherLoan: string;

beforeAll(async () => {
  testApp = await openTestApp({ config: { operators: new Set([emailOf('borrower@example.com')]) } });
  [borrower, other] = [await testApp.as('borrower@example.com'), await testApp.as('other@example.com')];
  for (let created = 0; created < ROWS; created += 1) [secondLoan, loan] = [loan, await borrower.postsLoan()];
  for (const [prefix, count] of Object.entries({ a: 20, b: 20, c: 5 }))
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(count, 1, prefix) });
  await storeHolds(testApp, ...Array.from({ length: ROWS }, (_, at) => holdOf(loan, borrower.userId, at)));
  await borrower.post(`/loans/${secondLoan}/lenders`, { lenders: lenders(2, 1) });
  const both = [{ email: 'borrower@example.com', contribution_amount: 1 }, ...lenders(1, 1)];
  for (let created = 0; created < ROWS; created += 1) otherLoan = await other.postsLoan({ lenders: both });
});

afterAll(() => testApp.close());

const lists: readonly List[] = [
  {
    name: 'a user’s loans',
    member: 'loans',
    parameter: 'cursor',
    id: 'loan_id',
    position: /^\d{15}#[0-9a-f-]{36}$/,
    path: () => '/loans',
    others: () => ['/loans?role=lender', `/loans/${loan}/lenders`],
  },
  {
    name: 'a user’s invitations',
    member: 'invitations',
    parameter: 'cursor',
    id: 'lender_id',
    position: /^\d{15}#[0-9a-f-]{36}#[\w-]{22}$/,
    path: () => '/invitations',
    others: () => ['/loans', '/loans?role=lender', '/invitations?status=pending'],
  },
  {
    name: 'a loan’s lenders',
    member: 'lenders',
    parameter: 'cursor',
    id: 'lender_id',
    position: /^[\w-]{22}$/,
    path: () => `/loans/${loan}/lenders`,
    others: () => ['/loans', `/loans/${loan}/lenders?status=pending`, `/loans/${secondLoan}/lenders`],
  },
  {
    name: 'a loan’s events',
    member: 'events',
    parameter: 'after',
    id: 'event_id',
    position: /^\d+\.\d+$/,
    path: () => `/loans/${loan}/events`,
    others: () => ['/loans', `/loans/${loan}/lenders`, `/loans/${secondLoan}/events`],
  },
  {
    name: 'an operator’s holds',
    member: 'holds',
    parameter: 'cursor',
    id: 'hold_id',
    position: /^\d{15}#[0-9a-f-]{36}$/,
    path: () => '/operator/holds',
    others: () => ['/loans', '/operator/holds?status=held'],
  },
];

const invalid = (path: string) => ({ status: 400, error: 'VALIDATION_ERROR', problems: [`${path} INVALID`] });
const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

describe.each(lists)('$name', ({ path, member, parameter, id, position, others }) => {
  const idsOf = (rows: readonly Record<string, unknown>[]) => rows.map((row) => row[id]);

  it.each([1, 2, 7, 20, 44, 45, 46, 47, 99, 100])('lists everything in pages of %i', async (limit) => {
    const [all = []] = await readPages(borrower, withQuery(path(), 'limit=100'), member, parameter);
    const pages = await readPages(borrower, withQuery(path(), `limit=${limit}`), member, parameter);
    expect(idsOf(pages.flat())).toEqual(idsOf(all));
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
    expect(new Set(idsOf(all)).size).toBeGreaterThanOrEqual(ROWS);
  });

  it('lists pages of 20 by default', async () => {
    const { body } = await borrower.get(path());
    expect(body[member]).toHaveLength(20);
    expect(body.next_cursor).toEqual(expect.any(String));
  });

  it.each(['0', '101', '-1', '1.5', '1e1', '+5', '05', '%205', 'many', '', '999999999999', '5&limit=5'])(
    'rejects limit=%s',
    async (limit) => {
      expect(requireProblem(await borrower.get(withQuery(path(), `limit=${limit}`)))).toEqual(invalid('limit'));
    },
  );

  it('accepts only cursors of the same list', async () => {
    const own = await firstCursor(borrower, withQuery(path(), 'limit=1'));
    expect((await borrower.get(withQuery(path(), `${parameter}=${own}`))).status).toBe(200);
    const foreign = await Promise.all(others().map((list) => firstCursor(borrower, withQuery(list, 'limit=1'))));
    const altered = ['', 'x', own.slice(0, -1), `${own}A`, '%00', `${own}&${parameter}=${own}`];
    for (const cursor of [...foreign, ...altered]) {
      expect(requireProblem(await borrower.get(withQuery(path(), `${parameter}=${cursor}`)))).toEqual(invalid(parameter));
    }
  });

  it('accepts a cursor with another limit', async () => {
    const own = await firstCursor(borrower, withQuery(path(), 'limit=3'));
    const { body } = await borrower.get(withQuery(path(), `limit=4&${parameter}=${own}`));
    const { body: first } = await borrower.get(withQuery(path(), 'limit=7'));
    expect(idsOf(body[member])).toEqual(idsOf(first[member].slice(3)));
  });

  it('puts only a position into cursors', async () => {
    const cursor = await firstCursor(borrower, withQuery(path(), 'limit=1'));
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(Buffer.from(cursor, 'base64url').subarray(MAC_BYTES).toString()).toMatch(position);
  });
});

describe('a cursor of another user', () => {
  it('rejects another user’s cursor for the same list', async () => {
    const cursor = await firstCursor(other, '/loans?limit=1');
    expect(requireProblem(await borrower.get(`/loans?cursor=${cursor}`))).toEqual(invalid('cursor'));
  });

  it('rejects another user’s cursor for a loan that both can read', async () => {
    const cursor = await firstCursor(other, `/loans/${otherLoan}/events?limit=1`);
    expect((await borrower.get(`/loans/${otherLoan}/events`)).status).toBe(200);
    expect(requireProblem(await borrower.get(`/loans/${otherLoan}/events?after=${cursor}`))).toEqual(invalid('after'));
    const rows = await firstCursor(other, `/loans/${otherLoan}/lenders?limit=1`);
    expect(requireProblem(await borrower.get(`/loans/${otherLoan}/lenders?cursor=${rows}`))).toEqual(invalid('cursor'));
  });
});

describe('a cursor from before a restart', () => {
  it('accepts a cursor from before a restart on the same store', async () => {
    const page = `/loans?limit=1&cursor=${await firstCursor(borrower, '/loans?limit=1')}`;
    const restarted = await openTestApp({ store: testApp.store });
    const again = await restarted.as('borrower@example.com');
    expect((await again.get(page)).body).toEqual((await borrower.get(page)).body);
  });
});
