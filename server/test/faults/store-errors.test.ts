import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../../src/testing/app/failing-store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';

/* The API's errors while the store fails: the same for every call, and nothing is changed. */

interface Failure {
  readonly fault: Parameters<ReturnType<typeof failingStore>['failCommits']>[0];
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly seconds: number | undefined;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  throttled: {
    fault: 'throttled',
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
    seconds: 5,
  },
  unavailable: {
    fault: 'unavailable',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
    seconds: 10,
  },
  busy: {
    fault: 'busy',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Too many changes at once. Please retry after 1 second.',
    seconds: 1,
  },
  'failing with an unexpected error': {
    fault: new Error('a secret of the store'),
    status: 500,
    error: 'INTERNAL_ERROR',
    message: 'Something went wrong on our side. Please retry; if it persists, report the request id.',
    seconds: undefined,
  },
};

describe.each(Object.entries(FAILURES))('the API on a store that is %s', (_title, { fault, status, error, message, seconds }) => {
  const { store, fail, failCommits } = failingStore();
  let testApp: TestApp;
  let borrower: TestUser;
  let path: string;
  let lenderId: string;

  beforeEach(async () => {
    testApp = await openTestApp({ store });
    borrower = await testApp.as('borrower@example.com');
    path = `/loans/${await borrower.postsLoan()}`;
    lenderId = (await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) })).body.lenders[0].lender_id;
  });

  afterEach(() => {
    fail(undefined);
  });

  afterAll(() => store.close());

  function expectError(response: TestResponse): void {
    expect(requireProblem(response)).toEqual({ status, error, problems: [] });
    expect([response.body.message, response.body.retry_after, response.body.retryable]).toEqual([message, seconds, true]);
    expect(response.text).not.toMatch(/secret|store|sqlite/i);
  }

  it('responds with the store error to every command, and changes nothing', async () => {
    const before = (await borrower.get(path)).body.loan;
    failCommits(fault);
    expectError(await borrower.post('/loans', LOAN));
    expectError(await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
    expectError(await borrower.patch(`${path}/lenders/${lenderId}`, { contribution_amount: 2 }));
    expectError(await borrower.delete(`${path}/lenders/${lenderId}`));
    expectError(await borrower.post(`${path}/cancel`));
    fail(undefined);
    expect((await borrower.get(path)).body.loan).toEqual(before);
  });

  it('responds with the store error to every query', async () => {
    fail(fault);
    for (const url of [path, `${path}/lenders`, `${path}/events`, '/loans']) expectError(await borrower.get(url));
    expectError(await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
  });

  it('validates a request before it uses the store', async () => {
    failCommits(fault);
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) })).body.message).toMatch(/already been invited/);
  });

  it('does not use up the idempotency key of a failed request', async () => {
    const key = { 'Idempotency-Key': 'k' };
    failCommits(fault);
    expectError(await borrower.post(`${path}/lenders`, { lenders: lenders(2, 1, 'new') }, key));
    fail(undefined);
    const { status, headers } = await borrower.post(`${path}/lenders`, { lenders: lenders(3, 1, 'new') }, key);
    expect([status, headers.get('Idempotency-Replayed')]).toEqual([200, null]);
  });
});

describe('concurrent requests', () => {
  async function addConcurrently(count: number, waitingMax?: number): Promise<TestResponse[]> {
    const testApp = await openTestApp({ config: { invitesPerHour: 10_000 }, ...(waitingMax !== undefined && { waitingMax }) });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    const responses = await Promise.all(
      Array.from({ length: count }, (_, index) => borrower.post(path, { lenders: lenders(1, 1, `p${index}-`) })),
    );
    await testApp.close();
    return responses;
  }

  it('queues at least a thousand concurrent requests for one loan', async () => {
    const responses = await addConcurrently(1001);
    expect(responses.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(responses.map(({ body }) => body.remaining)).size).toBe(1001);
  });

  it('responds 503 to concurrent requests when the queue is full', async () => {
    const responses = await addConcurrently(10, 4);
    const rejected = responses.filter(({ status }) => status !== 200);
    expect(rejected).toHaveLength(6);
    for (const response of rejected) {
      expect(requireProblem(response)).toEqual({ status: 503, error: 'SERVICE_UNAVAILABLE', problems: [] });
      expect(response.body.retry_after).toBe(1);
    }
  });
});
