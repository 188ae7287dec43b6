import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../testing/app/failing-store.ts';
import { lastLine, linesOf } from '../testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../testing/app/test-user.ts';

const PURPOSE = 'Treatment for a rare illness';
const KEY = 'key-of-a-payment-4711';
const METRICS_TOKEN = 'a-token-for-metrics';
const BROKEN_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJlbWFpbCI6ImV2ZUBleGFtcGxlLmNvbSJ9.c2lnbmF0dXJl';

let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com', { name: 'Ana Secret' });
});

afterEach(() => testApp.close());

describe('logRequest', () => {
  const always = { level: 30, time: expect.stringMatching(/Z$/), service: 'private-lending', duration_ms: expect.any(Number) };

  it('logs the endpoint, the status and the ids of a request', async () => {
    const loanId = await ana.postsLoan();
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(2, 100) }, { 'X-Request-Id': 'mine', 'Idempotency-Key': KEY });
    expect(lastLine(testApp)).toEqual({
      ...always,
      endpoint: 'AddLenders',
      status: 'Success',
      msg: 'request completed',
      request_id: 'mine',
      user_id: ana.userId,
      lenders_added: 2,
    });
  });

  it('logs the original request of a replay, and no added lenders', async () => {
    const body = { ...LOAN, lenders: lenders(2, 100) };
    await ana.post('/loans', body, { 'X-Request-Id': 'first', 'Idempotency-Key': KEY });
    await ana.post('/loans', body, { 'X-Request-Id': 'second', 'Idempotency-Key': KEY });
    const line = lastLine(testApp);
    expect(line).toMatchObject({ endpoint: 'CreateLoan', status: 'Success', request_id: 'second', replay_of: 'first' });
    expect(line).not.toHaveProperty('lenders_added');
  });

  it('logs the path and code of each violation, and no input', async () => {
    const body = { ...LOAN, term_months: 0, lenders: [{ email: 'ana@example.com', contribution_amount: 5 }] };
    await ana.post('/loans', body, { 'X-Request-Id': 'mine' });
    expect(lastLine(testApp)).toEqual({
      ...always,
      endpoint: 'CreateLoan',
      status: 'Error',
      msg: 'request rejected',
      request_id: 'mine',
      user_id: ana.userId,
      error: 'VALIDATION_ERROR',
      error_type: 'ValidationError',
      problems: [
        { path: 'term_months', code: 'INVALID' },
        { path: 'lenders[0].email', code: 'SELF_INVITATION' },
      ],
    });
  });

  it('logs no user id for an invalid token', async () => {
    await testApp.send('GET', '/loans', { headers: { Authorization: `Bearer ${BROKEN_TOKEN}` } });
    const line = lastLine(testApp);
    expect(line).toMatchObject({
      level: 30,
      endpoint: 'ListLoans',
      error: 'UNAUTHORIZED',
      error_type: 'Unauthorized',
      problems: [],
    });
    expect(line).not.toHaveProperty('user_id');
    expect(line).not.toHaveProperty('err');
  });

  it('logs the user id of a forbidden request', async () => {
    const ben = await testApp.as('ben@example.com', { email_verified: false });
    await ben.get('/loans');
    expect(lastLine(testApp)).toMatchObject({ error_type: 'Forbidden', user_id: ben.userId });
  });
});

type Fail = ReturnType<typeof failingStore>['fail'];

/** Sends requests of all kinds, with all kinds of results. @returns the statuses */
async function sendAll(
  testApp: TestApp,
  fail: Fail,
  [owner, friend, stranger]: readonly [TestUser, TestUser, TestUser],
): Promise<Set<number>> {
  const keyed = { 'Idempotency-Key': KEY };
  const loan = { ...LOAN, purpose: PURPOSE };
  const posted = await owner.post('/loans', loan, keyed);
  const path = `/loans/${posted.body.loan.loan_id}`;
  const invited = await owner.post(`${path}/lenders`, {
    lenders: [{ email: friend.email, contribution_amount: 5, name: 'Old Ben' }],
  });
  const lender = `${path}/lenders/${invited.body.lenders[0].lender_id}`;
  const broken = { Authorization: `Bearer ${BROKEN_TOKEN}` };
  const responses = [
    await owner.post('/loans', loan, keyed),
    await owner.post('/loans', { ...loan, amount: 5 }, keyed),
    await owner.post('/loans', loan, { 'Idempotency-Key': `"${KEY}` }),
    await owner.post(`${path}/lenders`, { lenders: [{ email: friend.email, contribution_amount: 20_000 }] }),
    await owner.post(`${path}/lenders`, { lenders: [{ email: owner.email, contribution_amount: 5 }, { email: 'no@address' }] }),
    await owner.patch(lender, { contribution_amount: 6 }, keyed),
    ...(await Promise.all([owner, friend].flatMap((user) => ['', '/lenders', '/events'].map((suffix) => user.get(path + suffix))))),
    await friend.delete(lender),
    await owner.delete(lender),
    await owner.get(`/loans?cursor=${encodeURIComponent(friend.email)}`),
    await owner.get(`/loans/${encodeURIComponent(friend.email)}`),
    await stranger.get(path),
    await testApp.send('GET', '/loans', { headers: broken }),
    await testApp.send('POST', '/local/token', { body: { email: friend.email, name: 'Old Ben' } }),
    await testApp.send('POST', '/local/token', { body: { email: 'no@address' } }),
    await testApp.send('GET', '/metrics', { from: '10.0.0.1', headers: { Authorization: `Bearer ${METRICS_TOKEN}` } }),
    await testApp.send('GET', '/metrics', { from: '10.0.0.1', headers: broken }),
    await owner.send('POST', '/loans', { raw: `{"purpose":"${PURPOSE}"`, headers: { 'Content-Type': 'application/json' } }),
    await owner.send('POST', '/loans', { raw: PURPOSE, headers: { 'Content-Type': 'text/plain' } }),
    await owner.send('POST', '/loans', { raw: PURPOSE.repeat(4000), headers: { 'Content-Type': 'application/json' } }),
    await owner.post(`${path}/cancel`, {}, keyed),
    await owner.post(`${path}/lenders`, { lenders: [{ email: friend.email, contribution_amount: 5 }] }),
    await owner.send('PUT', '/loans'),
  ];
  for (const error of ['busy', 'throttled', 'unavailable', new Error('the disk is gone')] as const) {
    fail(error);
    responses.push(await owner.post('/loans', loan, keyed), await friend.get(path), await testApp.send('GET', '/health/ready'));
  }
  fail(undefined);
  return new Set(responses.map(({ status }) => status));
}

describe('the log', () => {
  it('never has an address, a name, a token, an idempotency key or a purpose', async () => {
    const { store, fail } = failingStore();
    const failingApp = await openTestApp({ store, config: { metricsToken: METRICS_TOKEN } });
    const [owner, friend] = [
      await failingApp.as('owner@example.com', { name: 'Ana Secret' }),
      await failingApp.as('friend@example.com'),
    ];
    const stranger = await failingApp.as('stranger@example.com', { email_verified: false });
    const statuses = await sendAll(failingApp, fail, [owner, friend, stranger]);
    expect(statuses).toEqual(new Set([200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]));
    const types = new Set(linesOf(failingApp).map((line) => line['error_type']));
    expect(types.size).toBeGreaterThanOrEqual(10);

    const personal = [owner, friend, stranger].flatMap(({ email, token }) => [
      email,
      email.replace('@', '%40'),
      ...token.split('.').slice(1),
    ]);
    const secrets = [...personal, ...BROKEN_TOKEN.split('.'), 'no@address', 'Ana Secret', 'Old Ben', KEY, PURPOSE, METRICS_TOKEN];
    const log = failingApp.logged.join('').toLowerCase();
    expect(secrets.filter((secret) => log.includes(secret.toLowerCase()))).toEqual([]);
    expect(log).not.toContain('@');
    await failingApp.close();
  });
});

describe('an unexpected error', () => {
  it('is logged with its cause, which the response does not have', async () => {
    const failing = failingStore();
    const failingApp = await openTestApp({ store: failing.store });
    const ben = await failingApp.as('ben@example.com');
    failing.fail(new RangeError('page 7 of /var/data is torn'));
    const { status, text, body } = await ben.post('/loans', { ...LOAN, lenders: lenders(1, 5) }, { 'X-Request-Id': 'mine' });
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: 'INTERNAL_ERROR', retryable: true, details: [], request_id: 'mine' });
    expect(body.message).toBe('Something went wrong on our side. Please retry; if it persists, report the request id.');
    expect(text).not.toMatch(/page 7|RangeError|stack|\.ts/);
    const line = lastLine(failingApp);
    expect(line).toMatchObject({
      level: 50,
      msg: 'request failed',
      request_id: 'mine',
      user_id: ben.userId,
      error_type: 'UnexpectedError',
    });
    expect(line['err']).toMatchObject({ type: 'RangeError', message: 'page 7 of /var/data is torn' });
    expect(line['err'].stack).toContain('log.test.ts');
    await failingApp.close();
  });

  it('is logged in the same way outside of use cases', async () => {
    const failing = failingStore();
    const failingApp = await openTestApp({ store: failing.store });
    failing.fail(new RangeError('page 7 of /var/data is torn'));
    const { status, text } = await failingApp.send('GET', '/health/ready', { headers: { 'X-Request-Id': 'probe' } });
    expect([status, /page 7/.test(text)]).toEqual([503, false]);
    expect(lastLine(failingApp)).toMatchObject({ level: 50, request_id: 'probe', err: { message: 'page 7 of /var/data is torn' } });
    await failingApp.close();
  });
});
