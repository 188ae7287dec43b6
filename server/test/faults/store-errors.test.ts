import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../../src/testing/app/failing-store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

/* What is answered where the database does not do as it should: every call alike, and nothing is changed. */

interface Told {
  readonly trouble: Parameters<ReturnType<typeof failingStore>['failCommits']>[0];
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly seconds: number | undefined;
}

const UNFORESEEN = 'Something went wrong on our side. Please retry; if it persists, report the request id.';

const table: Readonly<Record<string, Told>> = {
  throttled: {
    ...{ trouble: 'throttled', status: 429, error: 'TOO_MANY_REQUESTS', seconds: 5 },
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
  },
  unavailable: {
    ...{ trouble: 'unavailable', status: 503, error: 'SERVICE_UNAVAILABLE', seconds: 10 },
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
  },
  busy: {
    ...{ trouble: 'busy', status: 503, error: 'SERVICE_UNAVAILABLE', seconds: 1 },
    message: 'Too many changes at once. Please retry after 1 second.',
  },
  'broken in a way that nobody foresaw': {
    ...{ trouble: new Error('a secret of the store'), status: 500, error: 'INTERNAL_ERROR', seconds: undefined },
    message: UNFORESEEN,
  },
};

describe.each(Object.entries(table))('a database that is %s', (_how, { trouble, status, error, message, seconds }) => {
  const { store, fail, failCommits } = failingStore();
  let testApp: TestApp;
  let borrower: Person;
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

  function expectTold(answer: Answer): void {
    expect(requireProblem(answer)).toEqual({ status, error, problems: [] });
    expect([answer.body.message, answer.body.retry_after, answer.body.retryable]).toEqual([message, seconds, true]);
    expect(answer.text).not.toMatch(/secret|store|sqlite/i);
  }

  it('is told to whoever changes something, and nothing is changed', async () => {
    const before = (await borrower.get(path)).body.loan;
    failCommits(trouble);
    expectTold(await borrower.post('/loans', LOAN));
    expectTold(await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
    expectTold(await borrower.patch(`${path}/lenders/${lenderId}`, { contribution_amount: 2 }));
    expectTold(await borrower.delete(`${path}/lenders/${lenderId}`));
    expectTold(await borrower.post(`${path}/cancel`));
    fail(undefined);
    expect((await borrower.get(path)).body.loan).toEqual(before);
  });

  it('is told to whoever asks', async () => {
    fail(trouble);
    for (const context of [path, `${path}/lenders`, `${path}/events`, '/loans']) expectTold(await borrower.get(context));
    expectTold(await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1, 'new') }));
  });

  it('is not told where the loan refuses anyway', async () => {
    failCommits(trouble);
    expect((await borrower.post(`${path}/lenders`, { lenders: lenders(1, 1) })).body.message).toMatch(/already been invited/);
  });

  it('does not use a key up', async () => {
    const key = { 'Idempotency-Key': 'k' };
    failCommits(trouble);
    expectTold(await borrower.post(`${path}/lenders`, { lenders: lenders(2, 1, 'new') }, key));
    fail(undefined);
    const { status, headers } = await borrower.post(`${path}/lenders`, { lenders: lenders(3, 1, 'new') }, key);
    expect([status, headers.get('Idempotency-Replayed')]).toEqual([200, null]);
  });
});

describe('requests that come all at once', () => {
  async function addAtOnce(count: number, waitingMax?: number): Promise<Answer[]> {
    const testApp = await openTestApp({ config: { invitesPerHour: 10_000 }, ...(waitingMax !== undefined && { waitingMax }) });
    const borrower = await testApp.as('borrower@example.com');
    const path = `/loans/${await borrower.postsLoan()}/lenders`;
    const answers = await Promise.all(
      Array.from({ length: count }, (_, index) => borrower.post(path, { lenders: lenders(1, 1, `p${index}-`) })),
    );
    await testApp.close();
    return answers;
  }

  it('wait for their turn, a thousand on one loan', async () => {
    const answers = await addAtOnce(1001);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body.remaining)).size).toBe(1001);
  });

  it('are refused where the queue is full', async () => {
    const answers = await addAtOnce(10, 4);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(6);
    for (const answer of refused) {
      expect(requireProblem(answer)).toEqual({ status: 503, error: 'SERVICE_UNAVAILABLE', problems: [] });
      expect(answer.body.retry_after).toBe(1);
    }
  });
});
