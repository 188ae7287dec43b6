import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import type { IndexRow, Store } from '../../storage/store.ts';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { readPages } from '../../testing/app/read-pages.ts';
import { LOAN, lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

let testApp: TestApp;
let borrower: Person;
let ann: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  ann = await testApp.as('ann0@example.com');
});

afterEach(() => testApp.close());

type Row = { readonly loan_id: string };
const idsOf = (rows: readonly Row[]) => rows.map(({ loan_id }) => loan_id);
const invited = async (query = '') => (await ann.get(`/invitations${query}`)).body.invitations;

/** Loans to which ann0 is invited, a minute apart; the newest first. */
async function invitedTo(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.unshift(await borrower.postsLoan({ lenders: [...lenders(1, 100), ...lenders(1, 678.91, 'ben')] }));
    testApp.advance(60_000);
  }
  return ids;
}

describe('listing one’s invitations', () => {
  it('tells all that a lender needs to decide, and nobody else’s part', async () => {
    const { body } = await borrower.post('/loans', {
      ...{ ...LOAN, purpose: 'A workshop' },
      lenders: [{ ...lenders(1, 100)[0], name: 'Ann' }, ...lenders(1, 678.91, 'ben')],
    });
    const answer = await ann.get('/invitations');
    expect(answer.body).toEqual({
      success: true,
      invitations: [
        {
          loan_id: body.loan.loan_id,
          ...body.lenders[0],
          loan: { ...LOAN, currency: 'USD', purpose: 'A workshop', status: 'open' },
          borrower: { email: 'borrower@example.com', name: 'Bo' },
        },
      ],
      next_cursor: null,
    });
    expect(answer.text).not.toMatch(/ben0|678\.91/);
    expect((await borrower.get('/invitations')).body.invitations).toEqual([]);
  });

  it('shows pending and answered ones in one order, the newest first', async () => {
    const ids = await invitedTo(5);
    for (const position of [0, 2, 3]) await ann.post(`/invitations/${ids[position]}/${position === 2 ? 'decline' : 'accept'}`);
    expect(idsOf(await invited())).toEqual(ids);
    const pages = await readPages(ann, '/invitations?limit=2', 'invitations');
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(idsOf(pages.flat())).toEqual(ids);
  });

  it('goes by the status as it is now', async () => {
    const ids = await invitedTo(5);
    const [pending, accepted, declined, cancelled, closed] = ids;
    await ann.post(`/invitations/${accepted}/accept`);
    await ann.post(`/invitations/${declined}/decline`);
    await borrower.post(`/loans/${cancelled}/cancel`);
    await (await testApp.as('ben0@example.com')).post(`/invitations/${closed}/accept`);
    await borrower.post(`/loans/${closed}/close`);
    expect(idsOf(await invited('?status=pending'))).toEqual([pending]);
    expect(idsOf(await invited('?status=accepted'))).toEqual([accepted]);
    expect(idsOf(await invited('?status=declined'))).toEqual([declined]);
    expect(idsOf(await invited('?status=revoked'))).toEqual([cancelled, closed]);
    testApp.advance(31 * DAY_MS);
    expect(idsOf(await invited('?status=expired'))).toEqual([pending]);
    expect(await invited('?status=pending')).toEqual([]);
  });

  it.each([1, 2, 3])('shows those of a status in pages of %i, none lost', async (limit) => {
    const ids = await invitedTo(7);
    for (const position of [1, 2, 6]) await ann.post(`/invitations/${ids[position]}/accept`);
    const pages = await readPages(ann, `/invitations?status=accepted&limit=${limit}`, 'invitations');
    expect(idsOf(pages.flat())).toEqual([ids[1], ids[2], ids[6]]);
    expect(pages).toHaveLength(Math.ceil(3 / limit));
  });

  it('reads the index and the items, each at once', async () => {
    await invitedTo(3);
    expect(await testApp.callsOf(() => invited())).toEqual(['list', 'list', 'get', 'get']);
  });

  it('shows what the index has in two places once, while it moves from one to the other', async () => {
    const store = openSqlite(':memory:');
    const seen = new Map<string, IndexRow>();
    const lagging: Store = {
      get: (keys) => store.get(keys),
      batchGet: (keys) => store.batchGet(keys),
      list: (range) => store.list(range),
      listIndex: async (range) => {
        for (const hit of await store.listIndex(range)) seen.set(hit.position, hit);
        return [...seen.values()];
      },
      commit: (command, writes) => store.commit(command, writes),
      close: () => store.close(),
    };
    const there = await openTestApp({ store: lagging });
    await (await there.as('borrower@example.com')).postsLoan({ lenders: lenders(1, 1) });
    const lender = await there.as('ann0@example.com');
    await lender.get('/invitations'); // now both places tell of it
    expect((await lender.get('/invitations')).body.invitations).toHaveLength(1);
    await there.close();
  });

  it.each(['Pending', 'open', ''])('knows no status %j', async (status) => {
    const answer = await ann.get(`/invitations?status=${status}`);
    expect(requireProblem(answer)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: ['status INVALID'] });
  });
});
