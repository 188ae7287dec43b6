import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';

/* INVITES_PER_HOUR: invitations that one borrower may send in a UTC clock hour, over all their loans. */

const MINUTE_MS = 60_000;
const LIMITED = { status: 429, error: 'TOO_MANY_REQUESTS', problems: [] };

let testApp: TestApp;
let borrower: TestUser;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp({ config: { invitesPerHour: 10 } });
  borrower = await testApp.as('borrower@example.com');
  path = `/loans/${await borrower.postsLoan()}/lenders`;
});

afterEach(() => testApp.close());

const add = (count: number, prefix: string, to = path) => borrower.post(to, { lenders: lenders(count, 1, prefix) });

describe('the hourly limit of invitations', () => {
  it('allows exactly INVITES_PER_HOUR invitations', async () => {
    expect((await add(6, 'a')).status).toBe(200);
    expect(requireProblem(await add(5, 'b'))).toEqual(LIMITED);
    expect((await add(4, 'b')).status).toBe(200);
    expect(requireProblem(await add(1, 'c'))).toEqual(LIMITED);
  });

  it('allows all of them in one request', async () => {
    expect((await add(10, 'a')).body.lenders_added).toBe(10);
  });

  it('counts over all loans of a borrower, including new ones', async () => {
    const other = `/loans/${await borrower.postsLoan()}/lenders`;
    await borrower.post('/loans', { ...LOAN, lenders: lenders(3, 1) });
    await add(3, 'a');
    await add(3, 'a', other);
    expect(requireProblem(await borrower.post('/loans', { ...LOAN, lenders: lenders(2, 1) }))).toEqual(LIMITED);
    expect((await borrower.post('/loans', LOAN)).status).toBe(201);
    expect((await add(1, 'b', other)).status).toBe(200);
  });

  it('counts each borrower separately', async () => {
    await add(10, 'a');
    const other = await testApp.as('other@example.com');
    const { status } = await other.post(`/loans/${await other.postsLoan()}/lenders`, { lenders: lenders(10, 1) });
    expect(status).toBe(200);
  });

  it('resets with the next clock hour', async () => {
    await add(10, 'a');
    testApp.advance(45 * MINUTE_MS - 1);
    expect(requireProblem(await add(1, 'b'))).toEqual(LIMITED);
    testApp.advance(1);
    expect((await add(10, 'b')).status).toBe(200);
    expect(requireProblem(await add(1, 'c'))).toEqual(LIMITED);
  });

  it.each([
    [0, 2700],
    [44 * MINUTE_MS, 60],
    [45 * MINUTE_MS - 1500, 2],
    [45 * MINUTE_MS - 1000, 1],
    [45 * MINUTE_MS - 1, 1],
    [45 * MINUTE_MS, 3600],
  ])('responds %i ms after a quarter past with retry_after %i', async (ms, seconds) => {
    testApp.advance(ms);
    const response = await add(11, 'a');
    expect(requireProblem(response)).toEqual(LIMITED);
    expect([response.body.retry_after, response.headers.get('Retry-After')]).toEqual([seconds, String(seconds)]);
  });
});

describe('counting invitations', () => {
  it('does not refund by revoking or cancelling', async () => {
    const { body } = await add(10, 'a');
    for (const { lender_id } of body.lenders) expect((await borrower.delete(`${path}/${lender_id}`)).status).toBe(200);
    expect(requireProblem(await add(1, 'a'))).toEqual(LIMITED);
    await borrower.post(path.replace('/lenders', '/cancel'));
    expect(requireProblem(await borrower.post('/loans', { ...LOAN, lenders: lenders(1, 1) }))).toEqual(LIMITED);
  });

  it('does not count rejected requests and replays', async () => {
    await add(1, 'old');
    expect((await borrower.post(path, { lenders: [...lenders(8, 1, 'a'), ...lenders(1, 1, 'old')] })).status).toBe(400);
    const key = { 'Idempotency-Key': 'k' };
    for (const _ of [1, 2, 3]) expect((await borrower.post(path, { lenders: lenders(4, 1, 'k') }, key)).status).toBe(200);
    expect((await add(5, 'b')).status).toBe(200);
    expect((await add(1, 'c')).status).toBe(429);
  });

  it('counts exactly for concurrent requests', async () => {
    const loans = [path, `/loans/${await borrower.postsLoan()}/lenders`, `/loans/${await borrower.postsLoan()}/lenders`];
    const responses = await Promise.all(Array.from({ length: 24 }, (_, index) => add(1, `p${index}-`, loans[index % 3])));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(14);
  });

  it('invites nobody where the request exceeds the limit', async () => {
    await add(11, 'a');
    expect((await borrower.get(path)).body.lenders).toEqual([]);
  });
});
