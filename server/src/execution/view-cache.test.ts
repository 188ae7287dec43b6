import { afterEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../storage/sqlite/sqlite-store.ts';
import { type Key, keyText, type Store } from '../storage/store.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../testing/app/test-user.ts';

/* With a cached loan a command skips its read. A stale cache costs one more storage call and never a wrong response. */

let opened: Store[] = [];

afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
});

/** Apps with a view cache on one store, as on several machines, and the same borrower at each. */
async function startApps(count: number, config: { readonly invitesPerHour?: number } = {}) {
  const store = openSqlite(':memory:');
  opened.push(store);
  const apps = await Promise.all(Array.from({ length: count }, () => openTestApp({ store, config, usesViewCache: true })));
  const borrowers = await Promise.all(apps.map((testApp) => testApp.as('borrower@example.com')));
  return apps.map((testApp, index): readonly [TestApp, TestUser] => [testApp, personAt(borrowers, index)]);
}

function personAt(people: readonly TestUser[], index: number): TestUser {
  const person = people[index];
  if (!person) throw new RangeError(`there is no person ${index}`);
  return person;
}

async function expectCalls(
  testApp: TestApp,
  calls: readonly string[],
  status: number,
  work: () => Promise<TestResponse>,
): Promise<TestResponse> {
  let answer: TestResponse | undefined;
  const made = await testApp.callsOf(async () => {
    answer = await work();
  });
  expect({ status: answer?.status, calls: made }).toEqual({ status, calls });
  if (!answer) throw new Error('there was no answer');
  return answer;
}

async function startOneApp(config: { readonly invitesPerHour?: number } = {}) {
  const [program] = await startApps(1, config);
  if (!program) throw new Error('one was asked for');
  const [testApp, borrower] = program;
  const path = `/loans/${await borrower.postsLoan({ amount: 1000 })}`;
  return { testApp, borrower, path };
}

async function startTwoApps() {
  const [first, second] = await startApps(2);
  if (!first || !second) throw new Error('two were asked for');
  const path = `/loans/${await first[1].postsLoan({ amount: 1000 })}`;
  await second[1].post(`${path}/lenders`, { lenders: lenders(1, 100, 'known') });
  await first[1].post(`${path}/lenders`, { lenders: lenders(1, 100, 'too') });
  const [testApp, borrower] = first;
  return { testApp, borrower, elsewhere: second[1], path };
}

describe('a command on a cached loan', () => {
  it('succeeds with one storage call', async () => {
    const { testApp, borrower, path } = await startOneApp();
    const key = { 'Idempotency-Key': 'k' };
    const { body } = await expectCalls(testApp, ['commit'], 200, () =>
      borrower.post(`${path}/lenders`, { lenders: lenders(2, 100) }),
    );
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(2, 100, 'more') }, key));
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await expectCalls(testApp, ['commit'], 200, () => borrower.patch(row, { contribution_amount: 50 }));
    await expectCalls(testApp, ['commit'], 200, () => borrower.delete(row));
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/cancel`));
    const invited = `/invitations/${await borrower.postsLoan({ lenders: lenders(2, 100) })}`;
    const [first, second] = [await testApp.as('ann0@example.com'), await testApp.as('ann1@example.com')];
    await expectCalls(testApp, ['commit'], 200, () => first.post(`${invited}/accept`));
    await expectCalls(testApp, ['commit'], 200, () => second.post(`${invited}/accept`, undefined, key));
    await expectCalls(testApp, ['commit'], 200, () => second.post(`${invited}/decline`));
    await expectCalls(testApp, ['commit'], 201, () => borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }));
  });

  it('reads once for an error, a replay, or a loan that is already as requested', async () => {
    const { testApp, borrower, path } = await startOneApp();
    const stranger = await testApp.as('stranger@example.com');
    const key = { 'Idempotency-Key': 'k' };
    const three = { lenders: lenders(3, 100) };
    const { body } = await borrower.post(`${path}/lenders`, three, key);
    await expectCalls(testApp, ['get'], 200, () => borrower.post(`${path}/lenders`, three, key));
    await expectCalls(testApp, ['get'], 400, () => borrower.post(`${path}/lenders`, three));
    await expectCalls(testApp, ['get'], 400, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 701, 'rich') }));
    await expectCalls(testApp, ['get'], 403, () => stranger.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.delete(row);
    await expectCalls(testApp, ['get'], 200, () => borrower.delete(row));
    await borrower.post(`${path}/cancel`);
    await expectCalls(testApp, ['get'], 200, () => borrower.post(`${path}/cancel`));
    await expectCalls(testApp, ['get'], 409, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'late') }));
  });

  it('enforces the hourly limit without a commit', async () => {
    const { testApp, borrower, path } = await startOneApp({ invitesPerHour: 3 });
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(3, 1) }));
    await expectCalls(testApp, ['get'], 429, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'over') }));
    testApp.advance(3_600_000);
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'next') }));
  });

  it('reads a loan that is not cached', async () => {
    const { testApp, borrower, elsewhere } = await startTwoApps();
    const path = `/loans/${await elsewhere.postsLoan()}`;
    await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) }));
    await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'b') }));
  });
});

describe('a command on a stale cached loan', () => {
  it('succeeds with one more commit and responds with the stored totals', async () => {
    const { testApp, borrower, elsewhere, path } = await startTwoApps();
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(2, 100, 'elsewhere') });
    const { body } = await expectCalls(testApp, ['commit', 'commit'], 200, () =>
      borrower.post(`${path}/lenders`, { lenders: lenders(1, 100) }),
    );
    expect([body.total_invited, body.remaining]).toEqual([500, 500]);
  });

  it('fails by what is stored, not by what is cached', async () => {
    const { borrower, elsewhere, path } = await startTwoApps();
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 500, 'elsewhere') });
    const over = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 500) });
    expect([over.status, over.body.details[0].code]).toEqual([400, 'OVER_FUNDING']);
    expect(over.body.message).toContain('300.00 USD');
    await elsewhere.post(`${path}/cancel`);
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) })).status).toBe(409);
  });

  it('does not fail where only the cache makes it impossible', async () => {
    const { borrower, elsewhere, path } = await startTwoApps();
    const filled = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 800, 'filling') });
    const row = filled.body.lenders[0];
    await elsewhere.delete(`${path}/lenders/${row.lender_id}`);
    const again = { lenders: [{ email: row.email, contribution_amount: 800 }] };
    expect((await borrower.post(`${path}/lenders`, again)).status).toBe(200);
  });

  it('repeats a change that the cache shows as done but another process has undone', async () => {
    const { testApp, borrower, elsewhere, path } = await startTwoApps();
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 100) });
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.delete(row);
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 50) });
    const again = await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.delete(row, { 'Idempotency-Key': 'again' }));
    expect(again.body).toMatchObject({ lender: { status: 'revoked', contribution_amount: 50 }, loan: { version: 7 } });
  });

  it('reads again where the cached items contradict each other', async () => {
    const { testApp, borrower, elsewhere, path } = await startTwoApps();
    const { body } = await borrower.post(`${path}/lenders`, { lenders: lenders(1, 800) });
    await elsewhere.delete(`${path}/lenders/${body.lenders[0].lender_id}`);
    await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'other') }); // the cache now has the current loan and an old ann0
    testApp.advance(31 * 86_400_000);
    const again = await testApp.as('borrower@example.com');
    const { status } = await again.post(`${path}/lenders`, { lenders: lenders(1, 700) });
    expect(status).toBe(200);
  });

  it('finds a lender whom another process invited, and nobody else', async () => {
    const { testApp, elsewhere, path } = await startTwoApps();
    const [ann, eve] = [await testApp.as('ann0@example.com'), await testApp.as('eve@example.com')];
    await elsewhere.post(`${path}/lenders`, { lenders: lenders(1, 100) });
    const accept = `/invitations${path.slice('/loans'.length)}/accept`;
    await expectCalls(testApp, ['get', 'commit'], 200, () => ann.post(accept));
    await expectCalls(testApp, ['get'], 404, () => eve.post(accept));
  });

  it('replays a response of another process, and rejects its key for another request', async () => {
    const { testApp, borrower, elsewhere, path } = await startTwoApps();
    const key = { 'Idempotency-Key': 'k' };
    const sent = { lenders: lenders(1, 100) };
    const first = await elsewhere.post(`${path}/lenders`, sent, key);
    const again = await expectCalls(testApp, ['commit'], 200, () => borrower.post(`${path}/lenders`, sent, key));
    expect(again.text).toBe(first.text);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    await expectCalls(testApp, ['commit'], 422, () => borrower.post(`${path}/lenders`, { lenders: lenders(1, 2, 'x') }, key));
  });
});

describe('ViewCache', () => {
  it('drops the items of a commit whose outcome is unknown', async () => {
    const { store, fail, failCommits } = failingStore();
    opened.push(store);
    const testApp = await openTestApp({ store, usesViewCache: true });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    failCommits('unavailable');
    await expectCalls(testApp, ['commit'], 503, () => borrower.post(path, { lenders: lenders(1, 1) }));
    fail(undefined);
    await expectCalls(testApp, ['get', 'commit'], 200, () => borrower.post(path, { lenders: lenders(1, 1) }));
  });

  it('does not cache items that a command reads and does not write', async () => {
    const inner = openSqlite(':memory:');
    opened.push(inner);
    let looked: readonly Key<unknown>[] = [];
    const unchecked: string[] = [];
    const store: Store = {
      get: (keys) => {
        looked = keys;
        return inner.get(keys);
      },
      batchGet: (keys) => inner.batchGet(keys),
      list: (range) => inner.list(range),
      listIndex: (range) => inner.listIndex(range),
      commit: (command, writes) => {
        const written = new Set(writes.map(({ key }) => keyText(key)));
        unchecked.push(...looked.map(keyText).filter((key) => !written.has(key)));
        looked = [];
        return inner.commit(command, writes);
      },
      close: () => inner.close(),
    };
    const testApp = await openTestApp({ store });
    const borrower = await testApp.as('borrower@example.com');
    const [ann, more] = [await testApp.as('ann1@example.com'), await testApp.as('more0@example.com')];
    unchecked.splice(0); // what the start of the app read
    const { body } = await borrower.post('/loans', { ...LOAN, lenders: lenders(2, 100) }, { 'Idempotency-Key': 'create' });
    const path = `/loans/${body.loan.loan_id}`;
    await borrower.post(`${path}/lenders`, { lenders: lenders(2, 100, 'more') }, { 'Idempotency-Key': 'add' });
    const row = `${path}/lenders/${body.lenders[0].lender_id}`;
    await borrower.patch(row, { contribution_amount: 50 }, { 'Idempotency-Key': 'change' });
    await borrower.delete(row);
    const invited = `/invitations/${body.loan.loan_id}`;
    await ann.post(`${invited}/accept`, undefined, { 'Idempotency-Key': 'accept' });
    await ann.post(`${invited}/decline`);
    await more.post(`${invited}/accept`);
    expect((await borrower.post(`${path}/close`)).status).toBe(200);
    const ended = await borrower.postsLoan();
    expect((await borrower.post(`/loans/${ended}/cancel`)).status).toBe(200);
    expect(unchecked).toEqual([]);
  });
});
