import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../storage/sqlite/sqlite-store.ts';
import type { IndexRow, Store } from '../../storage/store.ts';
import { DAY_MS } from '../../testing/app/domain-fixtures.ts';
import { requireProblem } from '../../testing/app/problem-assertions.ts';
import { readPages } from '../../testing/app/read-pages.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { LOAN } from '../../testing/app/test-user.ts';

let testApp: TestApp;
let borrower: TestUser;
let ann: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com', { name: 'Bo' });
  ann = await testApp.as('ann0@example.com');
});

afterEach(() => testApp.close());

type Row = { readonly loan_id: string };
const idsOf = (rows: readonly Row[]) => rows.map(({ loan_id }) => loan_id);
const invited = async (query = '') => (await ann.get(`/invitations${query}`)).body.invitations;

/** Creates loans a minute apart, and invites ann0 to each. @returns the newest first */
async function inviteAnn(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    ids.unshift(await borrower.postsLoan({ lenders: [...lenders(1, 100), ...lenders(1, 678.91, 'ben')] }));
    testApp.advance(60_000);
  }
  return ids;
}

describe('listInvitations', () => {
  it('returns the invitation with the loan’s terms and borrower, but no other lenders', async () => {
    const { body } = await borrower.post('/loans', {
      ...LOAN,
      purpose: 'A workshop',
      lenders: [{ ...lenders(1, 100)[0], name: 'Ann' }, ...lenders(1, 678.91, 'ben')],
    });
    const response = await ann.get('/invitations');
    expect(response.body).toEqual({
      success: true,
      invitations: [
        {
          loan_id: body.loan.loan_id,
          ...body.lenders[0],
          loan: { ...LOAN, currency: 'USD', purpose: 'A workshop', status: 'open', total_accepted: 0 },
          borrower: { email: 'borrower@example.com', name: 'Bo' },
        },
      ],
      next_cursor: null,
    });
    expect(response.text).not.toMatch(/ben0|678\.91/);
    expect((await borrower.get('/invitations')).body.invitations).toEqual([]);
  });

  it('merges pending and answered invitations, the newest first', async () => {
    const ids = await inviteAnn(5);
    for (const position of [0, 2, 3]) await ann.post(`/invitations/${ids[position]}/${position === 2 ? 'decline' : 'accept'}`);
    expect(idsOf(await invited())).toEqual(ids);
    const pages = await readPages(ann, '/invitations?limit=2', 'invitations');
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(idsOf(pages.flat())).toEqual(ids);
  });

  it('filters by effective status', async () => {
    const ids = await inviteAnn(5);
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
    expect((await invited('?status=revoked'))[1]).toMatchObject({
      loan: { amount: 20_000, status: 'funded', total_accepted: 678.91 },
    });
    testApp.advance(31 * DAY_MS);
    expect(idsOf(await invited('?status=expired'))).toEqual([pending]);
    expect(await invited('?status=pending')).toEqual([]);
  });

  it.each([1, 2, 3])('lists invitations of one status in pages of %i', async (limit) => {
    const ids = await inviteAnn(7);
    for (const position of [1, 2, 6]) await ann.post(`/invitations/${ids[position]}/accept`);
    const pages = await readPages(ann, `/invitations?status=accepted&limit=${limit}`, 'invitations');
    expect(idsOf(pages.flat())).toEqual([ids[1], ids[2], ids[6]]);
    expect(pages).toHaveLength(Math.ceil(3 / limit));
  });

  it('reads index partitions in parallel, then items in parallel', async () => {
    await inviteAnn(3);
    expect(await testApp.callsOf(() => invited())).toEqual(['list', 'list', 'get', 'get']);
  });

  it('lists an invitation once while the index has it in two partitions', async () => {
    const store = openSqlite(':memory:');
    const seen = new Map<string, IndexRow>();
    const lagging: Store = {
      get: (keys) => store.get(keys),
      batchGet: (keys) => store.batchGet(keys),
      list: (range) => store.list(range),
      listIndex: async (range) => {
        for (const row of await store.listIndex(range)) seen.set(row.position, row);
        return [...seen.values()];
      },
      commit: (command, writes) => store.commit(command, writes),
      close: () => store.close(),
    };
    const laggingApp = await openTestApp({ store: lagging });
    await (await laggingApp.as('borrower@example.com')).postsLoan({ lenders: lenders(1, 1) });
    const lender = await laggingApp.as('ann0@example.com');
    await lender.get('/invitations'); // now both partitions have it
    expect((await lender.get('/invitations')).body.invitations).toHaveLength(1);
    await laggingApp.close();
  });

  it.each(['Pending', 'open', ''])('rejects status=%s', async (status) => {
    const response = await ann.get(`/invitations?status=${status}`);
    expect(requireProblem(response)).toEqual({ status: 400, error: 'VALIDATION_ERROR', problems: ['status INVALID'] });
  });
});
