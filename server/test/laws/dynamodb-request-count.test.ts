import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDynamoDb } from '../../src/storage/dynamodb/dynamodb-store.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';
import { cancelledTransaction } from '../../src/testing/dynamodb/errors.ts';
import { openProxiedTable, type ProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import { endpoint, optionsAt } from '../../src/testing/dynamodb/tables.ts';

/* What each command and outcome asks of DynamoDB, counted where the requests pass by, whatever the loan's size. */

const LOOK = 'TransactGetItems';
const LOOK_AT_ONE = 'GetItem';
const COMMIT = 'TransactWriteItems';
const AMOUNT = 1_000_000;
const SETTINGS = { config: { invitesPerHour: 1_000_000 } };
const SEED_BATCH = 20;

interface Program {
  readonly testApp: TestApp;
  readonly borrower: Person;
  readonly stranger: Person;
}

let proxied: ProxiedTable;
/** One that looks each time, as a process does that was just started, and one that remembers. */
let cold: Program;
let warm: Program;
/** A loan of each size. */
const paths = new Map<number, string>();
let serial = 0;

/** Lenders that no test has named. */
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

async function expectRequests(requests: readonly string[], status: number, work: () => Promise<Answer>): Promise<Answer> {
  const before = proxied.proxy.requests.length;
  const answer = await work();
  const made = proxied.proxy.requests.slice(before).map(({ operation }) => operation);
  expect({ status: answer.status, requests: made }).toEqual({ status, requests });
  return answer;
}

describe.skipIf(endpoint === undefined)('requests to DynamoDB', () => {
  beforeAll(async () => {
    proxied = await openProxiedTable();
    [cold, warm] = [await openProgram(false), await openProgram(true)];
    for (const size of [10, 10_000]) await seed(warm, size);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([cold.testApp.close(), warm.testApp.close()]);
    await proxied.stop();
  });

  describe.each([10, 10_000])('where a loan has %i lenders', (size) => {
    it('are two for adding lenders, and one where the process remembers the loan', async () => {
      const path = `${paths.get(size)}/lenders`;
      for (const count of [1, 20]) {
        await expectRequests([LOOK, COMMIT], 200, () => cold.borrower.post(path, fresh(count)));
        // The other program has just changed the loan, so that what this one remembers costs it a commit, once.
        await expectRequests([COMMIT, COMMIT], 200, () => warm.borrower.post(path, fresh(count)));
        await expectRequests([COMMIT], 200, () => warm.borrower.post(path, fresh(count)));
        await expectRequests([COMMIT], 200, () => warm.borrower.post(path, fresh(count), { 'Idempotency-Key': `key-${serial}` }));
      }
    });

    it('are one for a refusal or a replay', async () => {
      const path = `${paths.get(size)}/lenders`;
      const sent = fresh(10);
      const key = { 'Idempotency-Key': `replayed-${size}` };
      await warm.borrower.post(path, sent, key);
      for (const { borrower, stranger } of [cold, warm]) {
        const replay = await expectRequests([LOOK], 200, () => borrower.post(path, sent, key));
        expect(replay.headers.get('Idempotency-Replayed')).toBe('true');
        await expectRequests([LOOK], 422, () => borrower.post(path, { lenders: sent.lenders.slice(1) }, key));
        await expectRequests([LOOK], 400, () => borrower.post(path, sent));
        await expectRequests([LOOK], 400, () => borrower.post(path, fresh(1, AMOUNT)));
        await expectRequests([LOOK], 403, () => stranger.post(path, fresh(1)));
        await expectRequests([], 400, () => borrower.post(path, { lenders: [] }));
      }
    });

    it('are two or one for changing and revoking a lender, and few for reading', async () => {
      const path = paths.get(size) ?? '';
      const { body } = await warm.borrower.post(`${path}/lenders`, fresh(1));
      const row = `${path}/lenders/${body.lenders[0].lender_id}`;
      await expectRequests([COMMIT], 200, () => warm.borrower.patch(row, { contribution_amount: 2 }));
      await expectRequests([LOOK, COMMIT], 200, () => cold.borrower.patch(row, { contribution_amount: 3 }));
      await expectRequests([LOOK, COMMIT], 200, () => cold.borrower.delete(row));
      await expectRequests([LOOK], 200, () => cold.borrower.delete(row));
      // What this one remembers is behind, and the refused commit tells all that the answer rests on.
      await expectRequests([COMMIT], 200, () => warm.borrower.delete(row));
      await expectRequests([LOOK], 200, () => warm.borrower.delete(row));
      await expectRequests([LOOK], 200, () => cold.borrower.get(path));
      await expectRequests([LOOK, 'Query'], 200, () => cold.borrower.get(`${path}/lenders`));
      await expectRequests([LOOK, 'Query'], 200, () => cold.borrower.get(`${path}/events`));
      await expectRequests(['Query', 'BatchGetItem'], 200, () => cold.borrower.get('/loans?role=borrower'));
    });
  });

  it('are two or one for an answer, and one for the same answer again', async () => {
    const { headers } = await warm.borrower.post('/loans', { ...LOAN, lenders: lenders(2, 1, 'answering') });
    const invited = (headers.get('Location') ?? '').replace('/loans', '/invitations');
    const [first, second] = [await cold.testApp.as('answering0@example.com'), await warm.testApp.as('answering1@example.com')];
    await expectRequests([COMMIT], 200, () => second.post(`${invited}/accept`));
    await expectRequests([LOOK, COMMIT], 200, () => first.post(`${invited}/accept`));
    await expectRequests([LOOK], 200, () => first.post(`${invited}/accept`));
    await expectRequests([LOOK, COMMIT], 200, () => first.post(`${invited}/decline`));
    await expectRequests(['Query', 'Query', 'BatchGetItem', 'BatchGetItem'], 200, () => first.get('/invitations'));
  });

  it('are two or one for posting a loan, and for cancelling it', async () => {
    const [alone, invited] = [LOAN, { ...LOAN, ...fresh(3) }];
    const first = await expectRequests([COMMIT], 201, () => cold.borrower.post('/loans', alone));
    await expectRequests([LOOK_AT_ONE, COMMIT], 201, () => cold.borrower.post('/loans', invited));
    await expectRequests([LOOK_AT_ONE, COMMIT], 200, () => cold.borrower.post(`${first.headers.get('Location')}/cancel`));
    await expectRequests([LOOK_AT_ONE], 200, () => cold.borrower.post(`${first.headers.get('Location')}/cancel`));
    await warm.borrower.post('/loans', invited); // the counter of this hour, which the other has moved
    const second = await expectRequests([COMMIT], 201, () => warm.borrower.post('/loans', invited));
    await expectRequests([COMMIT], 200, () => warm.borrower.post(`${second.headers.get('Location')}/cancel`));
  });

  it('are one more for each conflict, and for each try that broke', async () => {
    const { proxy } = proxied;
    const path = `${paths.get(10)}/lenders`;
    await warm.borrower.post(path, fresh(1));
    const conflict = cancelledTransaction(
      Array.from({ length: 4 }, (_, position) => (position === 0 ? 'TransactionConflict' : 'None')),
    );
    proxy.next(
      COMMIT,
      ({ respond }) => respond(conflict),
      async ({ forward, reset }) => {
        await forward();
        reset();
      },
    );
    await expectRequests([COMMIT, COMMIT, COMMIT], 200, () => warm.borrower.post(path, fresh(1)));
  });
});
