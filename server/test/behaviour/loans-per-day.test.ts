import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite/sqlite-store.ts';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { tempFile } from '../../src/testing/process/temp-store.ts';

/* LOANS_PER_DAY: loans that one borrower may post in a UTC day. */

const HOUR_MS = 3_600_000;
const LIMITED = { status: 429, error: 'TOO_MANY_REQUESTS', problems: [] };

describe('the daily limit of loans', () => {
  let testApp: TestApp;
  let borrower: TestUser;

  beforeEach(async () => {
    testApp = await openTestApp({ config: { loansPerDay: 3 } });
    borrower = await testApp.as('borrower@example.com');
  });

  afterEach(() => testApp.close());

  const post = (loan: object = {}, headers: Record<string, string> = {}) => borrower.post('/loans', { ...LOAN, ...loan }, headers);

  it('allows exactly LOANS_PER_DAY loans a day, and rejects one more until the next day', async () => {
    for (const _ of [1, 2, 3]) expect((await post()).status).toBe(201);
    const rejected = await post({ lenders: lenders(1, 1) });
    expect(requireProblem(rejected)).toEqual(LIMITED);
    expect(rejected.body).toMatchObject({ message: expect.stringContaining('3 loans a day'), retry_after: 53_100 });
    expect(rejected.headers.get('Retry-After')).toBe('53100');
    testApp.advance(14.75 * HOUR_MS - 1);
    expect((await post()).body.retry_after).toBe(1);
    testApp.advance(1);
    expect((await post()).status).toBe(201);
  });

  it('counts neither rejected requests nor replays', async () => {
    const key = { 'Idempotency-Key': 'k' };
    expect((await post({ amount: 0 })).status).toBe(400);
    expect((await post({ lenders: lenders(2, LOAN.amount) })).status).toBe(400);
    for (const _ of [1, 2, 3, 4, 5]) expect((await post({}, key)).status).toBe(201);
    for (const _ of [1, 2]) expect((await post()).status).toBe(201);
    expect((await post()).status).toBe(429);
    expect((await post({}, key)).headers.get('Idempotency-Replayed')).toBe('true');
  });

  it('leaves a rejected loan no trace, neither of invitations nor of its key', async () => {
    for (const _ of [1, 2, 3]) await post();
    const key = { 'Idempotency-Key': 'late' };
    expect((await post({ lenders: lenders(1, 1) }, key)).status).toBe(429);
    expect((await borrower.get('/loans?role=borrower')).body.loans).toHaveLength(3);
    testApp.advance(24 * HOUR_MS);
    expect((await post({ lenders: lenders(1, 1) }, key)).status).toBe(201);
  });

  it('does not refund a cancelled loan, and counts each borrower separately', async () => {
    for (const _ of [1, 2, 3]) {
      const { body } = await post();
      await borrower.post(`/loans/${body.loan.loan_id}/cancel`);
    }
    expect((await post()).status).toBe(429);
    expect((await (await testApp.as('other@example.com')).post('/loans', LOAN)).status).toBe(201);
  });

  it('holds for GraphQL too', async () => {
    for (const _ of [1, 2, 3]) await post();
    const query = 'mutation { createLoan(amount: 5, interestRate: 1, termMonths: 1) { success } }';
    const { body } = await borrower.post('/graphql', { query });
    expect(body.errors[0].extensions).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });
});

it('counts the day’s loans exactly for concurrent requests through two processes', async () => {
  const path = tempFile();
  const apps = await Promise.all([1, 2].map(() => openTestApp({ store: openSqlite(path), config: { loansPerDay: 11 } })));
  const borrowers = await Promise.all(apps.map((testApp) => testApp.as('borrower@example.com')));
  async function post(index: number): Promise<number> {
    for (;;) {
      const response = await borrowers[index % 2]?.post('/loans', LOAN);
      if (response?.status !== 503) return response?.status ?? 0; // 503: too many version conflicts, retry
    }
  }
  const statuses = await Promise.all(Array.from({ length: 30 }, (_, index) => post(index)));
  expect(statuses.filter((status) => status === 201)).toHaveLength(11);
  expect(statuses.filter((status) => status === 429)).toHaveLength(19);
  await Promise.all(apps.map((testApp) => testApp.close()));
});
