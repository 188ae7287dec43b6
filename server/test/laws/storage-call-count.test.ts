import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX } from '../../src/execution/decide-and-commit.ts';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

/* Performance is counted before it is timed: the calls to the database are the promise, whatever the loan's size. */

const INVITES_PER_HOUR = 20_000;
const AMOUNT = 1_000_000;

interface Scene {
  readonly testApp: TestApp;
  readonly borrower: Person;
  readonly stranger: Person;
  readonly unverified: Person;
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
  for (let sent = 0; sent < existing; sent += 20) {
    const batch = lenders(existing, 1).slice(sent, sent + 20);
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

describe.each([0, 50, 10_000])('adding lenders to a loan of %i', (existing) => {
  let scene: Scene;
  const view = ['get'];
  const viewAndCommit = ['get', 'commit'];

  beforeAll(async () => {
    scene = await setScene(existing);
  }, 60_000);

  afterAll(() => scene.testApp.close());

  async function expectCalls(calls: readonly string[], status: number, work: () => Promise<{ readonly status: number }>) {
    let answered = 0;
    const made = await scene.testApp.callsOf(async () => {
      answered = (await work()).status;
    });
    expect({ status: answered, calls: made }).toEqual({ status, calls });
  }

  it('takes a view and a commit for a success of one or of twenty, with or without a key', async () => {
    const { borrower, path } = scene;
    await expectCalls(viewAndCommit, 200, () => borrower.post(path, { lenders: lenders(1, 1, 'one') }));
    await expectCalls(viewAndCommit, 200, () => borrower.post(path, { lenders: lenders(20, 1, 'twenty') }));
    await expectCalls(viewAndCommit, 200, () =>
      borrower.post(path, { lenders: lenders(10, 1, 'key') }, { 'Idempotency-Key': 'k' }),
    );
  });

  it('takes a view for a replay, and for a key that another request has used', async () => {
    const { borrower, path } = scene;
    const key = { 'Idempotency-Key': 'replayed' };
    await borrower.post(path, { lenders: lenders(2, 1, 'replay') }, key);
    await expectCalls(view, 200, () => borrower.post(path, { lenders: lenders(2, 1, 'replay') }, key));
    await expectCalls(view, 422, () => borrower.post(path, { lenders: lenders(2, 2, 'replay') }, key));
  });

  it('takes no call for what the request alone shows to be wrong', async () => {
    const { testApp, borrower, unverified, path } = scene;
    const good = { lenders: lenders(1, 1, 'good') };
    await expectCalls([], 413, () => borrower.post(path, { lenders: 'x'.repeat(70_000) }));
    await expectCalls([], 415, () => borrower.post(path, good, { 'Content-Type': 'text/plain' }));
    await expectCalls([], 401, () => testApp.send('POST', path, { body: good }));
    await expectCalls([], 403, () => unverified.post(path, good));
    await expectCalls([], 400, () => borrower.send('POST', path, { raw: '{', headers: { 'Content-Type': 'application/json' } }));
    await expectCalls([], 400, () => borrower.post(path, good, { 'Idempotency-Key': '' }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [{ email: 'nobody', contribution_amount: 1 }] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [...lenders(1, 1), ...lenders(1, 1)] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: [{ email: 'borrower@example.com', contribution_amount: 1 }] }));
    await expectCalls([], 400, () => borrower.post(path, { lenders: lenders(21, 1) }));
  });

  it('takes a view for whatever the loan refuses', async () => {
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

describe.each([0, 10_000])('answering an invitation to a loan of %i others', (others) => {
  it('takes a view and a commit, with or without a key, and a view for the same answer again or a refusal', async () => {
    const { testApp, borrower, path, stranger } = await setScene(others);
    await borrower.post(path, { lenders: lenders(2, 1, 'invited') });
    const invitation = path.replace('/loans/', '/invitations/').replace('/lenders', '');
    const [first, second] = [await testApp.as('invited0@example.com'), await testApp.as('invited1@example.com')];
    const calls = async (who: Person, what: string, key?: string) => {
      const headers: Record<string, string> = key === undefined ? {} : { 'Idempotency-Key': key };
      return testApp.callsOf(() => who.post(`${invitation}/${what}`, undefined, headers));
    };
    expect(await calls(first, 'accept')).toEqual(['get', 'commit']);
    expect(await calls(second, 'decline', 'k')).toEqual(['get', 'commit']);
    expect(await calls(second, 'decline', 'k')).toEqual(['get']);
    expect(await calls(first, 'accept')).toEqual(['get']);
    expect(await calls(second, 'accept')).toEqual(['get']);
    expect(await calls(stranger, 'accept')).toEqual(['get']);
    expect(await calls(first, 'decline')).toEqual(['get', 'commit']);
    await testApp.close();
  }, 60_000);
});

describe('a request over a limit', () => {
  it('takes a view where the hour’s invitations are used up', async () => {
    const testApp = await openTestApp({ config: { invitesPerHour: 2 } });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    expect(await testApp.callsOf(() => borrower.post(path, { lenders: lenders(3, 1) }))).toEqual(['get']);
    await testApp.close();
  });

  it('takes no call where the request rate is used up', async () => {
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

/** A store on which somebody else, in another process, gets in between a view and its commit. */
function interrupted(store: Store, intrude: () => Promise<void>, times: number): Store {
  let left = times;
  return {
    get: (keys) => store.get(keys),
    batchGet: (keys) => store.batchGet(keys),
    list: (range) => store.list(range),
    listIndex: (range) => store.listIndex(range),
    async commit(command, writes) {
      if (writes.length > 1 && left > 0) {
        left -= 1;
        await intrude();
      }
      return store.commit(command, writes);
    },
    close: () => store.close(),
  };
}

describe('a lost race', () => {
  async function raced(
    times: number,
    intrusion: (index: number) => object = (index) => ({ lenders: lenders(1, 1, `other${index}-`) }),
  ) {
    const store = openSqlite(':memory:');
    const other = await openTestApp({ store });
    const rival = await other.as('borrower@example.com');
    const path = `/loans/${await rival.postsLoan()}/lenders`;
    let count = 0;
    const intrude = async () => {
      const { status } = await rival.post(path, intrusion(count++));
      expect(status).toBe(200);
    };
    const testApp = await openTestApp({ store: interrupted(store, intrude, times) });
    return { testApp, path, borrower: await testApp.as('borrower@example.com') };
  }

  it.each([1, 2, 3])('takes one more call for each of %i', async (times) => {
    const { testApp, path, borrower } = await raced(times);
    const calls = await testApp.callsOf(async () =>
      expect((await borrower.post(path, { lenders: lenders(2, 1) })).status).toBe(200),
    );
    expect(calls).toEqual(['get', ...Array.from({ length: times }, () => 'commit'), 'commit']);
    await testApp.close();
  });

  it('takes one more call where the rival’s change makes the request a refusal', async () => {
    const { testApp, path, borrower } = await raced(1, () => ({ lenders: lenders(1, 1) }));
    const calls = await testApp.callsOf(async () => {
      const { status, body } = await borrower.post(path, { lenders: lenders(2, 1) });
      expect([status, body.message]).toEqual([400, 'ann0@example.com has already been invited to this loan']);
    });
    expect(calls).toEqual(['get', 'commit']);
    await testApp.close();
  });

  it('ends in 503 after so many that it would not end otherwise', async () => {
    const { testApp, path, borrower } = await raced(Number.POSITIVE_INFINITY);
    const calls = await testApp.callsOf(async () => {
      const { status, headers, body } = await borrower.post(path, { lenders: lenders(1, 1) });
      expect([status, headers.get('Retry-After'), body.error, body.retry_after]).toEqual([503, '1', 'SERVICE_UNAVAILABLE', 1]);
    });
    expect(calls).toEqual(['get', ...Array.from({ length: ATTEMPTS_MAX }, () => 'commit')]);
    await testApp.close();
  });
});
