import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX } from '../../src/execution/optimistic-commit.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

/* Storage calls per request, for any size of the loan. */

const INVITES_PER_HOUR = 20_000;
const AMOUNT = 1_000_000;

interface Scene {
  readonly testApp: TestApp;
  readonly borrower: TestUser;
  readonly stranger: TestUser;
  readonly unverified: TestUser;
  /** Has `existing` lenders, the first of them ann0@example.com. */
  readonly path: string;
  /** A loan in yen, and one that is cancelled. */
  readonly yenPath: string;
  readonly cancelledPath: string;
}

async function setScene(existing: number): Promise<Scene> {
  const testApp = await openTestApp({ config: { invitesPerHour: INVITES_PER_HOUR } });
  const borrower = await testApp.as('borrower@example.com');
  const loanId = await borrower.postsLoan({ amount: AMOUNT });
  const path = `/loans/${loanId}/lenders`;
  for (let added = 0; added < existing; added += 20) {
    const batch = lenders(existing, 1).slice(added, added + 20);
    const { status } = await borrower.post(path, { lenders: batch });
    expect(status).toBe(200);
  }
  const cancelled = await borrower.postsLoan();
  await borrower.post(`/loans/${cancelled}/cancel`);
  return {
    testApp,
    borrower,
    path,
    stranger: await testApp.as('stranger@example.com'),
    unverified: await testApp.as('unverified@example.com', { email_verified: false }),
    yenPath: `/loans/${await borrower.postsLoan({ currency: 'JPY' })}/lenders`,
    cancelledPath: `/loans/${cancelled}/lenders`,
  };
}

describe.each([0, 50, 10_000])('addLenders to a loan with %i lenders', (existing) => {
  let scene: Scene;
  const view = ['get'];
  const viewAndCommit = ['get', 'commit'];

  beforeAll(async () => {
    scene = await setScene(existing);
  });

  afterAll(() => scene.testApp.close());

  async function expectCalls(calls: readonly string[], status: number, work: () => Promise<{ readonly status: number }>) {
    let responded = 0;
    const made = await scene.testApp.callsOf(async () => {
      responded = (await work()).status;
    });
    expect({ status: responded, calls: made }).toEqual({ status, calls });
  }

  it('makes one read and one commit to add one or twenty lenders, with or without a key', async () => {
    const { borrower, path } = scene;
    await expectCalls(viewAndCommit, 200, () => borrower.post(path, { lenders: lenders(1, 1, 'one') }));
    await expectCalls(viewAndCommit, 200, () => borrower.post(path, { lenders: lenders(20, 1, 'twenty') }));
    await expectCalls(viewAndCommit, 200, () =>
      borrower.post(path, { lenders: lenders(10, 1, 'key') }, { 'Idempotency-Key': 'k' }),
    );
  });

  it('makes one read for a replay, and for a key that another request has used', async () => {
    const { borrower, path } = scene;
    const key = { 'Idempotency-Key': 'replayed' };
    await borrower.post(path, { lenders: lenders(2, 1, 'replay') }, key);
    await expectCalls(view, 200, () => borrower.post(path, { lenders: lenders(2, 1, 'replay') }, key));
    await expectCalls(view, 422, () => borrower.post(path, { lenders: lenders(2, 2, 'replay') }, key));
  });

  it('makes no storage call to reject an invalid request', async () => {
    const { testApp, borrower, unverified, path } = scene;
    const good = { lenders: lenders(1, 1, 'good') };
    await expectCalls([], 413, () => borrower.post(path, { lenders: 'x'.repeat(70_000) }));
    await expectCalls([], 415, () => borrower.post(path, good, { 'Content-Type': 'text/plain' }));
    await expectCalls([], 401, () => testApp.send('POST', path, { body: good }));
    await expectCalls([], 403, () => unverified.post(path, good));
    await expectCalls([], 400, () => borrower.send('POST', path, { raw: '{', headers: { 'Content-Type': 'application/json' } }));
    await expectCalls([], 400, () => borrower.post(path, good, { 'Idempotency-Key': '' }));
    await expectCalls([], 400, () => borrower.post(`${path}?dryrun=true`, good));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [{ email: 'nobody', contribution_amount: 1 }] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [...lenders(1, 1), ...lenders(1, 1)] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [{ email: 'borrower@example.com', contribution_amount: 1 }] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: lenders(21, 1) }));
  });

  it('makes one read to reject a request by the state of the loan', async () => {
    const { borrower, stranger, path, yenPath, cancelledPath } = scene;
    const good = { lenders: lenders(10, 1, 'fresh') };
    await expectCalls(view, 404, () => borrower.post('/loans/019cb2f0-0000-7000-8000-000000000000/lenders', good));
    await expectCalls(view, 403, () => stranger.post(path, good));
    await expectCalls(view, 409, () => borrower.post(cancelledPath, good));
    await borrower.post(path, { lenders: lenders(1, 1, 'there') });
    await expectCalls(view, 400, () => borrower.post(path, { lenders: lenders(1, 1, 'there') }));
    await expectCalls(view, 400, () => borrower.post(yenPath, { lenders: lenders(1, 1.5, 'fresh') }));
    await expectCalls(view, 400, () => borrower.post(path, { lenders: lenders(1, AMOUNT + 1, 'fresh') }));
  });
});

describe.each([0, 10_000])('answering an invitation to a loan with %i other lenders', (others) => {
  it('makes one read and one commit to answer an invitation, and one read for a repeat or an error', async () => {
    const { testApp, borrower, path, stranger } = await setScene(others);
    await borrower.post(path, { lenders: lenders(2, 1, 'invited') });
    const invitation = path.replace('/loans/', '/invitations/').replace('/lenders', '');
    const [first, second] = [await testApp.as('invited0@example.com'), await testApp.as('invited1@example.com')];
    const calls = async (user: TestUser, response: string, key?: string) => {
      const headers: Record<string, string> = key === undefined ? {} : { 'Idempotency-Key': key };
      return testApp.callsOf(() => user.post(`${invitation}/${response}`, undefined, headers));
    };
    expect(await calls(first, 'accept')).toEqual(['get', 'commit']);
    expect(await calls(second, 'decline', 'k')).toEqual(['get', 'commit']);
    expect(await calls(second, 'decline', 'k')).toEqual(['get']);
    expect(await calls(first, 'accept')).toEqual(['get']);
    expect(await calls(second, 'accept')).toEqual(['get']);
    expect(await calls(stranger, 'accept')).toEqual(['get']);
    expect(await calls(first, 'decline')).toEqual(['get', 'commit']);
    await testApp.close();
  });
});

describe('a request over a limit', () => {
  it('makes one read if the hour’s invitations are used up', async () => {
    const testApp = await openTestApp({ config: { invitesPerHour: 2 } });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    expect(await testApp.callsOf(() => borrower.post(path, { lenders: lenders(3, 1) }))).toEqual(['get']);
    await testApp.close();
  });

  it('makes no storage call if the request rate is used up', async () => {
    const testApp = await openTestApp({ config: { requestsPerSecond: 1 } });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    await borrower.post(path, { lenders: lenders(1, 1) });
    const calls = await testApp.callsOf(async () =>
      expect((await borrower.post(path, { lenders: lenders(1, 1, 'b') })).status).toBe(429),
    );
    expect(calls).toEqual([]);
    await testApp.close();
  });
});

/** A store with concurrent writes by another process between read and commit. */
function withConcurrentWrites(store: Store, write: () => Promise<void>, times: number): Store {
  let left = times;
  return {
    get: (keys) => store.get(keys),
    batchGet: (keys) => store.batchGet(keys),
    list: (range) => store.list(range),
    listIndex: (range) => store.listIndex(range),
    async commit(command, writes) {
      if (writes.length > 1 && left > 0) {
        left -= 1;
        await write();
      }
      return store.commit(command, writes);
    },
    close: () => store.close(),
  };
}

describe('a version conflict', () => {
  async function withConflicts(
    times: number,
    rivalRequest: (index: number) => object = (index) => ({ lenders: lenders(1, 1, `other${index}-`) }),
  ) {
    const store = openSqlite(':memory:');
    const other = await openTestApp({ store });
    const rival = await other.as('borrower@example.com');
    const path = `/loans/${await rival.postsLoan()}/lenders`;
    let count = 0;
    const write = async () => {
      const { status } = await rival.post(path, rivalRequest(count++));
      expect(status).toBe(200);
    };
    const testApp = await openTestApp({ store: withConcurrentWrites(store, write, times) });
    return { testApp, path, borrower: await testApp.as('borrower@example.com') };
  }

  it.each([1, 2, 3])('makes one more storage call for each of %i version conflicts', async (times) => {
    const { testApp, path, borrower } = await withConflicts(times);
    const calls = await testApp.callsOf(async () =>
      expect((await borrower.post(path, { lenders: lenders(2, 1) })).status).toBe(200),
    );
    expect(calls).toEqual(['get', ...Array.from({ length: times }, () => 'commit'), 'commit']);
    await testApp.close();
  });

  it('makes one more storage call if the concurrent change makes the request invalid', async () => {
    const { testApp, path, borrower } = await withConflicts(1, () => ({ lenders: lenders(1, 1) }));
    const calls = await testApp.callsOf(async () => {
      const { status, body } = await borrower.post(path, { lenders: lenders(2, 1) });
      expect([status, body.message]).toEqual([400, 'ann0@example.com has already been invited to this loan']);
    });
    expect(calls).toEqual(['get', 'commit']);
    await testApp.close();
  });

  it('ends in 503 after the maximum number of attempts', async () => {
    const { testApp, path, borrower } = await withConflicts(Number.POSITIVE_INFINITY);
    const calls = await testApp.callsOf(async () => {
      const { status, headers, body } = await borrower.post(path, { lenders: lenders(1, 1) });
      expect([status, headers.get('Retry-After'), body.error, body.retry_after]).toEqual([503, '1', 'SERVICE_UNAVAILABLE', 1]);
    });
    expect(calls).toEqual(['get', ...Array.from({ length: ATTEMPTS_MAX }, () => 'commit')]);
    await testApp.close();
  });
});
