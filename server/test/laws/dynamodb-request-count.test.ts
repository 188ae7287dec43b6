import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { cancelledTransaction } from '../../src/testing/dynamodb/errors.ts';
import { resetAfterForwarding, respondWith } from '../../src/testing/dynamodb/faults.ts';
import { openProxiedTable, type ProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { endpoint, optionsAt } from '../../src/testing/dynamodb/tables.ts';

/* Requests to DynamoDB of each command and outcome, counted by the proxy: the same for loans of any size. */

const READ = 'TransactGetItems';
const READ_ONE = 'GetItem';
const COMMIT = 'TransactWriteItems';
const AMOUNT = 1_000_000;
const SETTINGS = { config: { invitesPerHour: 1_000_000 } };
const SEED_BATCH = 20;

interface Program {
  readonly testApp: TestApp;
  readonly borrower: TestUser;
  readonly stranger: TestUser;
}

let proxied: ProxiedTable;
/** Without a view cache, like a process that has just started. */
let cold: Program;
/** With a view cache. */
let warm: Program;
/** One loan of each size. */
const paths = new Map<number, string>();
let serial = 0;

/** Lenders that no other test uses. */
function fresh(count: number, amount = 1) {
  serial += 1;
  return { lenders: lenders(count, amount, `fresh${serial}-`) };
}

async function openProgram(usesViewCache: boolean): Promise<Program> {
  const store = openDynamoDb(proxied.table, optionsAt(proxied.proxy.endpoint));
  const testApp = await openTestApp({ store, usesViewCache, ...SETTINGS });
  return { testApp, borrower: await testApp.as('borrower@example.com'), stranger: await testApp.as('stranger@example.com') };
}

async function seed({ borrower }: Program, size: number): Promise<void> {
  const path = `/loans/${await borrower.postsLoan({ amount: AMOUNT })}`;
  const all = lenders(size, 1, 'seed');
  for (let from = 0; from < size; from += SEED_BATCH) {
    const { status } = await borrower.post(`${path}/lenders`, { lenders: all.slice(from, from + SEED_BATCH) });
    expect(status).toBe(200);
  }
  paths.set(size, path);
}

async function expectRequests(
  operations: readonly string[],
  status: number,
  call: () => Promise<TestResponse>,
): Promise<TestResponse> {
  const before = proxied.proxy.requests.length;
  const response = await call();
  const sent = proxied.proxy.requests.slice(before).map(({ operation }) => operation);
  expect({ status: response.status, requests: sent }).toEqual({ status, requests: operations });
  return response;
}

describe.skipIf(endpoint === undefined)('the number of requests to DynamoDB', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
    [cold, warm] = [await openProgram(false), await openProgram(true)];
    for (const size of [10, 1000]) await seed(warm, size);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([cold.testApp.close(), warm.testApp.close()]);
    await proxied.stop();
  });

  describe.each([10, 1000])('on a loan of %i lenders', (size) => {
    it('sends two requests to add lenders, and one with a cached loan', async () => {
      const path = `${paths.get(size)}/lenders`;
      for (const count of [1, 20]) {
        await expectRequests([READ, COMMIT], 200, () => cold.borrower.post(path, fresh(count)));
        // The other program has just changed the loan: the stale cache costs one commit, once.
        await expectRequests([COMMIT, COMMIT], 200, () => warm.borrower.post(path, fresh(count)));
        await expectRequests([COMMIT], 200, () => warm.borrower.post(path, fresh(count)));
        await expectRequests([COMMIT], 200, () => warm.borrower.post(path, fresh(count), { 'Idempotency-Key': `key-${serial}` }));
      }
    });

    it('sends one request to reject or replay, and none for invalid input', async () => {
      const path = `${paths.get(size)}/lenders`;
      const sent = fresh(10);
      const key = { 'Idempotency-Key': `replayed-${size}` };
      await warm.borrower.post(path, sent, key);
      for (const { borrower, stranger } of [cold, warm]) {
        const replay = await expectRequests([READ], 200, () => borrower.post(path, sent, key));
        expect(replay.headers.get('Idempotency-Replayed')).toBe('true');
        await expectRequests([READ], 422, () => borrower.post(path, { lenders: sent.lenders.slice(1) }, key));
        await expectRequests([READ], 400, () => borrower.post(path, sent));
        await expectRequests([READ], 400, () => borrower.post(path, fresh(1, AMOUNT)));
        await expectRequests([READ], 403, () => stranger.post(path, fresh(1)));
        await expectRequests([], 400, () => borrower.post(path, { lenders: [] }));
      }
    });

    it('sends two requests or one to change or revoke a lender, and one or two to read', async () => {
      const path = paths.get(size) ?? '';
      const { body } = await warm.borrower.post(`${path}/lenders`, fresh(1));
      const row = `${path}/lenders/${body.lenders[0].lender_id}`;
      await warm.borrower.patch(row, { contribution_amount: 1.5 }); // caches the counter of changes
      await expectRequests([COMMIT], 200, () => warm.borrower.patch(row, { contribution_amount: 2 }));
      await expectRequests([READ, COMMIT], 200, () => cold.borrower.patch(row, { contribution_amount: 3 }));
      await expectRequests([READ, COMMIT], 200, () => cold.borrower.delete(row));
      await expectRequests([READ], 200, () => cold.borrower.delete(row));
      // The cache is stale, and the failed commit returns all that the response depends on.
      await expectRequests([COMMIT], 200, () => warm.borrower.delete(row));
      await expectRequests([READ], 200, () => warm.borrower.delete(row));
      await expectRequests([READ], 200, () => cold.borrower.get(path));
      await expectRequests([READ, 'Query'], 200, () => cold.borrower.get(`${path}/lenders`));
      await expectRequests([READ, 'Query'], 200, () => cold.borrower.get(`${path}/events`));
      await expectRequests(['Query', 'BatchGetItem'], 200, () => cold.borrower.get('/loans?role=borrower'));
    });
  });

  it('sends two requests or one to accept or decline, and one for a repeat', async () => {
    const { headers } = await warm.borrower.post('/loans', { ...LOAN, lenders: lenders(2, 1, 'accepting') });
    const invited = (headers.get('Location') ?? '').replace('/loans', '/invitations');
    const [first, second] = [await cold.testApp.as('accepting0@example.com'), await warm.testApp.as('accepting1@example.com')];
    await expectRequests([COMMIT], 200, () => second.post(`${invited}/accept`));
    await expectRequests([READ, COMMIT], 200, () => first.post(`${invited}/accept`));
    await expectRequests([READ], 200, () => first.post(`${invited}/accept`));
    await expectRequests([READ, COMMIT], 200, () => first.post(`${invited}/decline`));
    await expectRequests(['Query', 'Query', 'BatchGetItem', 'BatchGetItem'], 200, () => first.get('/invitations'));
  });

  it('sends two requests or one to post or cancel a loan', async () => {
    const [withoutLenders, withLenders] = [LOAN, { ...LOAN, ...fresh(3) }];
    const first = await expectRequests([READ_ONE, COMMIT], 201, () => cold.borrower.post('/loans', withoutLenders));
    await expectRequests([READ, COMMIT], 201, () => cold.borrower.post('/loans', withLenders));
    await expectRequests([READ_ONE, COMMIT], 200, () => cold.borrower.post(`${first.headers.get('Location')}/cancel`));
    await expectRequests([READ_ONE], 200, () => cold.borrower.post(`${first.headers.get('Location')}/cancel`));
    await warm.borrower.post('/loans', withLenders); // refreshes the cached counters
    const second = await expectRequests([COMMIT], 201, () => warm.borrower.post('/loans', withLenders));
    await expectRequests([COMMIT], 200, () => warm.borrower.post(`${second.headers.get('Location')}/cancel`));
  });

  it('sends one more request for each conflict and each lost response', async () => {
    const { proxy } = proxied;
    const path = `${paths.get(10)}/lenders`;
    await warm.borrower.post(path, fresh(1));
    const conflict = cancelledTransaction(
      Array.from({ length: 4 }, (_, position) => (position === 0 ? 'TransactionConflict' : 'None')),
    );
    proxy.next(COMMIT, respondWith(conflict), resetAfterForwarding);
    await expectRequests([COMMIT, COMMIT, COMMIT], 200, () => warm.borrower.post(path, fresh(1)));
  });
});
