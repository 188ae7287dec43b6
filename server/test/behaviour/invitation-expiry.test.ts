import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoanId } from '../../src/domain/ids.ts';
import { expiriesOf } from '../../src/storage/keys.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { engines } from '../../src/testing/dynamodb/engines.ts';
import { expireDueInvitations } from '../../src/usecases/invitations/expire-due-invitations.ts';

const DAY_MS = 86_400_000;
const TERM_MS = 30 * DAY_MS;

describe.each(engines)('invitation expiry on $name', ({ name, open }) => {
  let testApp: TestApp;
  let borrower: TestUser;

  beforeEach(async () => {
    testApp = await openTestApp({ store: await open(), config: { invitesPerHour: 1000 }, usesViewCache: false });
    borrower = await testApp.as('borrower@example.com');
  });

  afterEach(() => testApp.close());

  const loanAt = async (id: string) => (await borrower.get(`/loans/${id}`)).body.loan;
  const eventsOf = async (id: string): Promise<{ type: string; actor: string; request_id?: string }[]> =>
    (await borrower.get(`/loans/${id}/events?limit=100`)).body.events;
  const add = (id: string, requested: readonly object[]) => borrower.post(`/loans/${id}/lenders`, { lenders: requested });
  const expiryBatches = async (id: string) => {
    const loanId = parseLoanId(id);
    if (!loanId) throw new Error(`${id} is not a loan id`);
    return (await testApp.store.list(expiriesOf(loanId, 100))).length;
  };
  const sweep = () =>
    expireDueInvitations(testApp.app.services, (error) => {
      throw error;
    });

  it('frees amounts by a sweep, with the system as the actor', async () => {
    const id = await borrower.postsLoan();
    await add(id, lenders(3, 5000));
    testApp.advance(TERM_MS - 1);
    expect(await sweep()).toEqual({ loans: 0, next: testApp.now + 1 });
    expect(await loanAt(id)).toMatchObject({ remaining: 5000, lender_count: 3, version: 2 });
    testApp.advance(1);
    expect(await sweep()).toEqual({ loans: 1, next: undefined });
    expect(await loanAt(id)).toMatchObject({ remaining: 20_000, total_invited: 0, lender_count: 0, version: 3 });
    const expired = (await eventsOf(id)).slice(-3);
    expect(expired.map(({ type, actor, request_id }) => [type, actor, request_id])).toEqual(
      expired.map(() => ['lender.expired', 'system', undefined]),
    );
    expect(await expiryBatches(id)).toBe(0);
    expect(await sweep()).toEqual({ loans: 0, next: undefined });
  });

  it('does not expire accepted lenders, and deletes the expiry batches of ended loans', async () => {
    const [id, cancelled] = [await borrower.postsLoan(), await borrower.postsLoan()];
    await add(id, lenders(2, 5000));
    await add(cancelled, lenders(2, 5000));
    await (await testApp.as('ann0@example.com')).post(`/invitations/${id}/accept`);
    await borrower.post(`/loans/${cancelled}/cancel`);
    testApp.advance(TERM_MS);
    await sweep();
    expect(await loanAt(id)).toMatchObject({ remaining: 15_000, total_accepted: 5000, lender_count: 1 });
    expect(await loanAt(cancelled)).toMatchObject({ status: 'cancelled', version: 3 });
    expect([await expiryBatches(id), await expiryBatches(cancelled)]).toEqual([0, 0]);
  });

  it('frees amounts at once for a new invitation that needs them', async () => {
    const id = await borrower.postsLoan();
    await add(id, lenders(2, 10_000));
    testApp.advance(TERM_MS);
    const { status, body } = await add(id, [{ email: 'new@example.com', contribution_amount: 20_000 }]);
    expect([status, body.remaining]).toEqual([200, 0]);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'loan.created',
      'lender.invited',
      'lender.invited',
      'lender.expired',
      'lender.expired',
      'lender.invited',
    ]);
  });

  it('frees amounts at once for a changed contribution that needs them', async () => {
    const id = await borrower.postsLoan();
    await add(id, lenders(1, 10_000));
    testApp.advance(DAY_MS);
    const added = await add(id, [{ email: 'late@example.com', contribution_amount: 1000 }]);
    testApp.advance(TERM_MS - DAY_MS);
    const path = `/loans/${id}/lenders/${added.body.lenders[0].lender_id}`;
    expect((await borrower.patch(path, { contribution_amount: 20_000.01 })).body.details[0].code).toBe('OVER_FUNDING');
    expect((await borrower.patch(path, { contribution_amount: 20_000 })).status).toBe(200);
  });

  it('still rejects over-funding, with the remaining amount after expiry', async () => {
    const id = await borrower.postsLoan();
    await add(id, lenders(1, 15_000));
    testApp.advance(DAY_MS);
    await add(id, [{ email: 'stays@example.com', contribution_amount: 5000 }]);
    testApp.advance(TERM_MS - DAY_MS);
    const { status, body } = await add(id, [{ email: 'new@example.com', contribution_amount: 15_000.01 }]);
    expect([status, body.message]).toEqual([400, expect.stringContaining('remaining 15000.00 USD')]);
    expect(await loanAt(id)).toMatchObject({ remaining: 15_000, lender_count: 1 });
  });

  it('takes storage calls in a request only where the amounts are needed', async () => {
    const id = await borrower.postsLoan();
    await add(id, lenders(2, 5000));
    testApp.advance(TERM_MS);
    const fits = () => add(id, [{ email: 'fits@example.com', contribution_amount: 1 }]);
    expect(await testApp.callsOf(fits)).toEqual(['get', 'commit']);
    const needsRoom = () => add(id, [{ email: 'needs@example.com', contribution_amount: 15_000 }]);
    const expiring = ['get', 'list', 'get', 'commit'];
    expect(await testApp.callsOf(needsRoom)).toEqual(['get', ...expiring, 'get', 'commit']);
    const tooMuch = () => add(id, [{ email: 'much@example.com', contribution_amount: 15_000 }]);
    expect(await testApp.callsOf(tooMuch)).toEqual(['get']);
  });

  it('processes any number of batches of one loan', async () => {
    const id = await borrower.postsLoan();
    const count = name === 'SQLite' ? 120 : 23; // more than a page of the index, where that is quick
    for (let batch = 0; batch < count; batch += 1) await add(id, lenders(1, 1, `b${batch}-`));
    testApp.advance(TERM_MS);
    await sweep();
    expect(await loanAt(id)).toMatchObject({ total_invited: 0, lender_count: 0, version: 1 + 2 * count });
    expect(await expiryBatches(id)).toBe(0);
  });

  it('frees no more than a request needs, and leaves the rest to the sweep', async () => {
    const id = await borrower.postsLoan();
    for (let batch = 0; batch < 12; batch += 1) await add(id, lenders(1, 1000, `b${batch}-`));
    testApp.advance(TERM_MS);
    expect((await add(id, [{ email: 'some@example.com', contribution_amount: 10_000 }])).status).toBe(200);
    expect(await expiryBatches(id)).toBe(12 - 5 + 1);
    expect((await add(id, [{ email: 'most@example.com', contribution_amount: 9000 }])).status).toBe(200);
    await sweep();
    expect(await loanAt(id)).toMatchObject({ total_invited: 19_000, lender_count: 2 });
  });

  it('sweeps some batches of a loan at a time, alternating with other loans and with what waits for their lock', async () => {
    const ids = [await borrower.postsLoan(), await borrower.postsLoan()];
    for (let batch = 0; batch < 11; batch += 1) for (const id of ids) await add(id, lenders(1, 1, `b${batch}-`));
    testApp.advance(TERM_MS);
    const { services } = testApp.app;
    const swept: string[] = [];
    let waiting: Promise<unknown> | undefined;
    const store: Store = {
      ...services.store,
      list(range) {
        swept.push(range.partition);
        waiting ??= services.mutex.runExclusive([range.partition], async () => swept.push('waiting'));
        return services.store.list(range);
      },
    };
    await expireDueInvitations({ ...services, store }, (error) => {
      throw error;
    });
    const order = ids.map((id) => swept.flatMap((name, index) => (name.endsWith(id) ? [index] : [])));
    expect(order.map((runs) => runs.length)).toEqual([3, 3]); // five, five and one batch
    await waiting;
    const [first = ''] = swept;
    expect(swept.filter((name) => name === first || name === 'waiting').slice(0, 2)).toEqual([first, 'waiting']);
    for (const id of ids) expect((await loanAt(id)).lender_count).toBe(0);
  });

  it('ends a sweep between two runs once it is aborted, and the next sweep does the rest', async () => {
    const id = await borrower.postsLoan();
    for (let batch = 0; batch < 12; batch += 1) await add(id, lenders(1, 1, `b${batch}-`));
    testApp.advance(TERM_MS);
    const stopping = new AbortController();
    const { services } = testApp.app;
    const store: Store = {
      ...services.store,
      list(range) {
        stopping.abort();
        return services.store.list(range);
      },
    };
    await expireDueInvitations({ ...services, store }, () => {}, stopping.signal);
    expect(await expiryBatches(id)).toBe(7);
    await sweep();
    expect(await expiryBatches(id)).toBe(0);
  });

  it('continues with other loans after an error in one', async () => {
    const ids = [await borrower.postsLoan(), await borrower.postsLoan(), await borrower.postsLoan()];
    for (const id of ids) await add(id, lenders(1, 5000));
    testApp.advance(TERM_MS);
    const errors: unknown[] = [];
    const { services } = testApp.app;
    const store: Store = {
      ...services.store,
      list: async (range) => {
        if (range.partition.endsWith(ids[1] ?? '')) throw new Error('a test error');
        return services.store.list(range);
      },
    };
    await expireDueInvitations({ ...services, store }, (error) => errors.push(error));
    expect(errors).toHaveLength(1);
    expect((await Promise.all(ids.map(loanAt))).map(({ remaining }) => remaining)).toEqual([20_000, 15_000, 20_000]);
    await sweep();
    expect(await loanAt(ids[1] ?? '')).toMatchObject({ remaining: 20_000 });
  });
});

describe('concurrent sweeps', () => {
  it('frees each amount once in concurrent sweeps', async () => {
    const store = openSqlite(':memory:');
    const first = await openTestApp({ store });
    const apps = [first, await openTestApp({ store }), await openTestApp({ store })];
    const borrower = await first.as('borrower@example.com');
    const ids = await Promise.all(Array.from({ length: 10 }, () => borrower.postsLoan({ lenders: lenders(2, 100) })));
    for (const testApp of apps) testApp.advance(TERM_MS);
    const errors: unknown[] = [];
    await Promise.all(apps.map(({ app }) => expireDueInvitations(app.services, (error) => errors.push(error))));
    const loans = await Promise.all(ids.map(async (id) => (await borrower.get(`/loans/${id}`)).body.loan));
    for (const loan of loans) expect(loan).toMatchObject({ total_invited: 0, lender_count: 0, version: 2 });
    expect(errors).toEqual([]);
    await store.close();
  });
});
