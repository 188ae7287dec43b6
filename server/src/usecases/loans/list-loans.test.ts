import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { readPages } from '../../testing/app/read-pages.ts';
import { rewriteLender } from '../../testing/app/store-edits.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let ann: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  ann = await testApp.as('ann0@example.com');
});

afterEach(() => testApp.close());

type Row = { readonly loan_id: string };
const idsOf = (rows: readonly Row[]) => rows.map(({ loan_id }) => loan_id);
const lent = async (who: Person, query = '') => (await who.get(`/loans?role=lender${query}`)).body.loans;

/** Loans to which ann0 is invited, a minute apart. */
async function invitedTo(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.push(await borrower.postsLoan({ lenders: lenders(1, 100) }));
    testApp.advance(60_000);
  }
  return ids;
}

async function answers(loan: string, who: Person): Promise<void> {
  const { body } = await borrower.get(`/loans/${loan}/lenders`);
  await rewriteLender(testApp, loan, body.lenders[0].lender_id, { status: 'accepted', userId: who.userId });
}

describe('listing one’s loans', () => {
  it('shows the newest first, as each stands', async () => {
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

  it('shows nobody their own loan as one they lend to, whatever address they were invited under', async () => {
    const [id = ''] = await invitedTo(1);
    await answers(id, borrower);
    expect(await lent(borrower)).toEqual([]);
  });

  it('shows those of the caller only, as borrower unless they ask otherwise', async () => {
    const [id] = await invitedTo(1);
    expect((await borrower.get('/loans')).text).toBe((await borrower.get('/loans?role=borrower')).text);
    expect(idsOf((await borrower.get('/loans')).body.loans)).toEqual([id]);
    expect(await lent(borrower)).toEqual([]);
    expect((await ann.get('/loans')).body.loans).toEqual([]);
    expect(idsOf(await lent(ann))).toEqual([id]);
    expect(await lent(await testApp.as('stranger@example.com'))).toEqual([]);
  });

  it('shows nobody else’s address or amount to a lender', async () => {
    await borrower.postsLoan({ lenders: [...lenders(1, 100), ...lenders(1, 678.91, 'ben'), ...lenders(1, 1, 'eve')] });
    const { text } = await ann.get('/loans?role=lender');
    expect(text).not.toMatch(/@|678\.91/);
  });

  it('does not change its order as loans change', async () => {
    const ids = await invitedTo(3);
    await borrower.post(`/loans/${ids[0]}/lenders`, { lenders: lenders(1, 1, 'ben') });
    await borrower.post(`/loans/${ids[1]}/cancel`);
    expect(idsOf((await borrower.get('/loans')).body.loans)).toEqual(ids.toReversed());
    expect(idsOf(await lent(ann))).toEqual(ids.toReversed());
  });

  it.each(['lenders', 'BORROWER', '', 'borrower&role=lender', 'null'])('knows no role %j', async (role) => {
    expect(requireProblem(await borrower.get(`/loans?role=${role}`))).toEqual({
      status: 400,
      error: 'VALIDATION_ERROR',
      problems: ['role INVALID'],
    });
  });
});

describe('listing loans as a lender', () => {
  it('shows invitations and what was answered in one order', async () => {
    const ids = await invitedTo(6);
    for (const position of [0, 2, 3]) await answers(ids[position] ?? '', ann);
    expect(idsOf(await lent(ann))).toEqual(ids.toReversed());
  });

  it.each([1, 2, 3, 5, 6])('shows all of both in pages of %i', async (limit) => {
    const ids = await invitedTo(6);
    for (const position of [1, 2, 5]) await answers(ids[position] ?? '', ann);
    const pages = await readPages(ann, `/loans?role=lender&limit=${limit}`, 'loans');
    expect(idsOf(pages.flat())).toEqual(ids.toReversed());
    expect(pages).toHaveLength(Math.ceil(6 / limit));
  });

  it('no longer shows to the holder of an address what another user has answered', async () => {
    const [id = ''] = await invitedTo(1);
    const answerer = await testApp.as('ann@new.example');
    await answers(id, answerer);
    expect(await lent(ann)).toEqual([]);
    expect(idsOf(await lent(answerer))).toEqual([id]);
  });

  it('goes by the lenders themselves where the index is behind', async () => {
    const [id = ''] = await invitedTo(1);
    const { body } = await borrower.get(`/loans/${id}/lenders`);
    const { userId } = await testApp.as('ann@new.example');
    await rewriteLender(testApp, id, body.lenders[0].lender_id, { status: 'accepted', userId }, {});
    expect(await lent(ann)).toEqual([]);
  });

  it('shows an invitation again as the newest, once it was sent again', async () => {
    const ids = await invitedTo(2);
    const { body } = await borrower.get(`/loans/${ids[0]}/lenders`);
    await borrower.delete(`/loans/${ids[0]}/lenders/${body.lenders[0].lender_id}`);
    await borrower.post(`/loans/${ids[0]}/lenders`, { lenders: lenders(1, 1) });
    expect(idsOf(await lent(ann))).toEqual(ids);
  });
});
