import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LenderStatus } from '../../domain/lender.ts';
import { ROWS_SCANNED_MAX } from '../../pagination/filtered-page.ts';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { addLenderRows } from '../../testing/app/large-loans.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { readPages } from '../../testing/app/read-pages.ts';
import { rewriteLender, rewriteLoan } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let path: string;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp({ config: { invitesPerHour: 10_000 } });
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
  path = `/loans/${loan}/lenders`;
});

afterEach(() => testApp.close());

type Row = { readonly email: string; readonly lender_id: string; readonly status: string };
const emailsOf = (rows: readonly Row[]) => rows.map(({ email }) => email.split('@')[0]).sort();
const add = (count: number, prefix: string, amount = 1) => borrower.post(path, { lenders: lenders(count, amount, prefix) });

async function setStatus(row: Row, status: LenderStatus): Promise<void> {
  await rewriteLender(testApp, loan, row.lender_id, { status });
}

describe('listLenders', () => {
  it('shows the borrower all members of each lender', async () => {
    const { body } = await borrower.post(path, { lenders: [{ ...lenders(1, '10.50')[0], name: 'Ana' }] });
    const listed = await borrower.get(path);
    expect(listed.body).toEqual({ success: true, lenders: body.lenders, next_cursor: null });
    expect(listed.body.lenders[0]).toMatchObject({ email: 'ann0@example.com', name: 'Ana', contribution_amount: 10.5 });
  });

  it('returns an empty list for a loan without lenders', async () => {
    expect((await borrower.get(path)).body).toEqual({ success: true, lenders: [], next_cursor: null });
  });

  it('skips and repeats no lender while others are invited', async () => {
    await add(20, 'a');
    const first = await borrower.get(`${path}?limit=10`);
    await add(20, 'b');
    const rest = await readPages(borrower, `${path}?limit=100&cursor=${first.body.next_cursor}`, 'lenders');
    const seen = emailsOf([...first.body.lenders, ...rest.flat()]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => name?.startsWith('a'))).toHaveLength(20);
  });
});

describe('listLenders by status', () => {
  it.each(['pending', 'accepted', 'declined', 'revoked', 'expired'] as const)('lists lenders that are %s', async (status) => {
    const rows: Row[] = (await add(10, 'p')).body.lenders;
    for (const row of rows.slice(0, 4)) await setStatus(row, status);
    for (const row of rows.slice(4)) await setStatus(row, status === 'pending' ? 'declined' : 'pending');
    const { body } = await borrower.get(`${path}?status=${status}`);
    expect(body.next_cursor).toBeNull();
    expect(emailsOf(body.lenders)).toEqual(['p0', 'p1', 'p2', 'p3']);
    expect(body.lenders.every((row: Row) => row.status === status)).toBe(true);
  });

  it('goes by the effective status, not the written one', async () => {
    await add(2, 'old');
    testApp.advance(DAY_MS);
    await add(2, 'new');
    testApp.advance(29 * DAY_MS);
    expect(emailsOf((await borrower.get(`${path}?status=expired`)).body.lenders)).toEqual(['old0', 'old1']);
    expect(emailsOf((await borrower.get(`${path}?status=pending`)).body.lenders)).toEqual(['new0', 'new1']);
  });

  it.each(['funded', 'cancelled'] as const)('lists pending lenders of a loan that is %s as revoked', async (status) => {
    await add(2, 'p');
    await rewriteLoan(testApp, loan, { status });
    expect(emailsOf((await borrower.get(`${path}?status=revoked`)).body.lenders)).toEqual(['p0', 'p1']);
    expect((await borrower.get(`${path}?status=pending`)).body.lenders).toEqual([]);
  });

  it.each([1, 2, 3, 7])('lists in pages of %i', async (limit) => {
    const rows: Row[] = (await add(20, 'p')).body.lenders;
    for (const row of rows.filter((_, index) => index % 3 === 0)) await setStatus(row, 'declined');
    const pages = await readPages(borrower, `${path}?status=declined&limit=${limit}`, 'lenders');
    expect(emailsOf(pages.flat())).toEqual(['p0', 'p12', 'p15', 'p18', 'p3', 'p6', 'p9']);
    expect(pages).toHaveLength(Math.ceil(7 / limit));
  });

  it('fills a page from thousands of rows, in a bounded number of reads', async () => {
    await add(1, 'p');
    await addLenderRows(testApp, loan, 4000, (index) => ({ status: index % 100 === 0 ? 'declined' : 'pending' }));
    const calls = await testApp.callsOf(async () => {
      expect((await borrower.get(`${path}?status=declined&limit=30`)).body.lenders).toHaveLength(30);
    });
    expect(calls.filter((verb) => verb === 'list').length).toBeLessThanOrEqual(8);
    const pages = await readPages(borrower, `${path}?status=declined&limit=30`, 'lenders');
    expect(pages.map((page) => page.length)).toEqual([30, 10]);
  });

  it('reads a limited number of rows per request, and continues with next_cursor', async () => {
    await add(1, 'p');
    await addLenderRows(testApp, loan, ROWS_SCANNED_MAX + 200, () => ({}));
    const [last = []] = (await readPages(borrower, `${path}?limit=100`, 'lenders')).slice(-1);
    await setStatus(last.at(-1), 'declined');
    const pages = await readPages(borrower, `${path}?status=declined&limit=5`, 'lenders');
    expect(pages.map((page) => page.length)).toEqual([0, 1]);
    expect(pages.flat()).toMatchObject([{ lender_id: last.at(-1).lender_id }]);
  });

  it.each(['Pending', 'open', '', 'pending,expired', 'pending&status=expired'])('rejects status=%s', async (status) => {
    const response = await borrower.get(`${path}?status=${status}`);
    expect(requireProblem(response)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: ['status INVALID'] });
  });
});

describe('listLenders as a lender', () => {
  it('shows only the caller’s own row', async () => {
    await add(19, 'p', 7);
    const { body } = await borrower.post(path, { lenders: lenders(1, 123) });
    const ann = await testApp.as('ann0@example.com');
    for (const query of ['', '?limit=1', '?limit=100', '?status=pending', '?status=pending&limit=1']) {
      const response = await ann.get(path + query);
      expect(response.body).toEqual({ success: true, lenders: body.lenders, next_cursor: null });
      expect(response.text).not.toContain('p1@');
    }
  });

  it('shows the effective status', async () => {
    await add(2, 'p');
    const lender = await testApp.as('p0@example.com');
    testApp.advance(30 * DAY_MS);
    expect((await lender.get(path)).body.lenders).toMatchObject([{ email: 'p0@example.com', status: 'expired' }]);
    expect((await lender.get(`${path}?status=pending`)).body).toEqual({ success: true, lenders: [], next_cursor: null });
  });
});
