import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { readPages } from '../../testing/app/read-pages.ts';
import { rewriteLender } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let ann: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  ann = await testApp.as('ann0@example.com');
});

afterEach(() => testApp.close());

type Row = { readonly loan_id: string };
const idsOf = (rows: readonly Row[]) => rows.map(({ loan_id }) => loan_id);
const lentBy = async (user: TestUser, query = '') => (await user.get(`/loans?role=lender${query}`)).body.loans;

/** Creates loans a minute apart, and invites ann0 to each. */
async function inviteAnn(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.push(await borrower.postsLoan({ lenders: lenders(1, 100) }));
    testApp.advance(60_000);
  }
  return ids;
}

async function markAccepted(loan: string, user: TestUser): Promise<void> {
  const { body } = await borrower.get(`/loans/${loan}/lenders`);
  await rewriteLender(testApp, loan, body.lenders[0].lender_id, { status: 'accepted', userId: user.userId });
}

describe('listLoans', () => {
  it('lists the newest loan first, with its current state', async () => {
    const ids = [];
    for (let made = 0; made < 3; made += 1) {
      ids.unshift(await borrower.postsLoan());
      testApp.advance(60_000);
    }
    const { body } = await borrower.get('/loans');
    expect(idsOf(body.loans)).toEqual(ids);
    expect(body.next_cursor).toBeNull();
    for (const loan of body.loans) expect((await borrower.get(`/loans/${loan.loan_id}`)).body.loan).toEqual(loan);
  });

  it('does not list a borrower’s own loan under role=lender', async () => {
    const [id = ''] = await inviteAnn(1);
    await markAccepted(id, borrower);
    expect(await lentBy(borrower)).toEqual([]);
  });

  it('lists only the caller’s loans, as borrower by default', async () => {
    const [id] = await inviteAnn(1);
    expect((await borrower.get('/loans')).text).toBe((await borrower.get('/loans?role=borrower')).text);
    expect(idsOf((await borrower.get('/loans')).body.loans)).toEqual([id]);
    expect(await lentBy(borrower)).toEqual([]);
    expect((await ann.get('/loans')).body.loans).toEqual([]);
    expect(idsOf(await lentBy(ann))).toEqual([id]);
    expect(await lentBy(await testApp.as('stranger@example.com'))).toEqual([]);
  });

  it('does not show a lender the addresses or amounts of others', async () => {
    await borrower.postsLoan({ lenders: [...lenders(1, 100), ...lenders(1, 678.91, 'ben'), ...lenders(1, 1, 'eve')] });
    const { text } = await ann.get('/loans?role=lender');
    expect(text).not.toMatch(/@|678\.91/);
  });

  it('keeps its order when loans change', async () => {
    const ids = await inviteAnn(3);
    await borrower.post(`/loans/${ids[0]}/lenders`, { lenders: lenders(1, 1, 'ben') });
    await borrower.post(`/loans/${ids[1]}/cancel`);
    expect(idsOf((await borrower.get('/loans')).body.loans)).toEqual(ids.toReversed());
    expect(idsOf(await lentBy(ann))).toEqual(ids.toReversed());
  });

  it.each(['lenders', 'BORROWER', '', 'borrower&role=lender', 'null'])('rejects role=%s', async (role) => {
    expect(requireProblem(await borrower.get(`/loans?role=${role}`))).toEqual({
      status: 400,
      error: 'VALIDATION_ERROR',
      problems: ['role INVALID'],
    });
  });
});

describe('listLoans as a lender', () => {
  it('merges pending and answered invitations in one order', async () => {
    const ids = await inviteAnn(6);
    for (const position of [0, 2, 3]) await markAccepted(ids[position] ?? '', ann);
    expect(idsOf(await lentBy(ann))).toEqual(ids.toReversed());
  });

  it.each([1, 2, 3, 5, 6])('lists pending and answered invitations in pages of %i', async (limit) => {
    const ids = await inviteAnn(6);
    for (const position of [1, 2, 5]) await markAccepted(ids[position] ?? '', ann);
    const pages = await readPages(ann, `/loans?role=lender&limit=${limit}`, 'loans');
    expect(idsOf(pages.flat())).toEqual(ids.toReversed());
    expect(pages).toHaveLength(Math.ceil(6 / limit));
  });

  it('does not list a claimed invitation for a new owner of its address', async () => {
    const [id = ''] = await inviteAnn(1);
    const claimant = await testApp.as('ann@new.example');
    await markAccepted(id, claimant);
    expect(await lentBy(ann)).toEqual([]);
    expect(idsOf(await lentBy(claimant))).toEqual([id]);
  });

  it('goes by the stored lender where the index is outdated', async () => {
    const [id = ''] = await inviteAnn(1);
    const { body } = await borrower.get(`/loans/${id}/lenders`);
    const { userId } = await testApp.as('ann@new.example');
    await rewriteLender(testApp, id, body.lenders[0].lender_id, { status: 'accepted', userId }, {});
    expect(await lentBy(ann)).toEqual([]);
  });

  it('lists a renewed invitation as the newest', async () => {
    const ids = await inviteAnn(2);
    const { body } = await borrower.get(`/loans/${ids[0]}/lenders`);
    await borrower.delete(`/loans/${ids[0]}/lenders/${body.lenders[0].lender_id}`);
    await borrower.post(`/loans/${ids[0]}/lenders`, { lenders: lenders(1, 1) });
    expect(idsOf(await lentBy(ann))).toEqual(ids);
  });
});
