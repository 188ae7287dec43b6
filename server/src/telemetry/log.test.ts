import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../testing/app/failing-store.ts';
import { lastLine, linesOf } from '../testing/app/log-lines.ts';
import { sendRequest } from '../testing/app/raw-http.ts';
import { LOAN, lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';

const PURPOSE = 'Treatment for a rare illness';
const KEY = 'key-of-a-payment-4711';
const METRICS_TOKEN = 'a-token-for-metrics';
const BROKEN_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJlbWFpbCI6ImV2ZUBleGFtcGxlLmNvbSJ9.c2lnbmF0dXJl';

let testApp: TestApp;
let ana: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com', { name: 'Ana Secret' });
});

afterEach(() => testApp.close());

describe('the line of a request', () => {
  const always = { level: 30, time: expect.stringMatching(/Z$/), service: 'private-lending', duration_ms: expect.any(Number) };

  it('tells who asked for what under which ids, and what came of it', async () => {
    const loanId = await ana.postsLoan();
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(2, 100) }, { 'X-Request-Id': 'mine', 'Idempotency-Key': KEY });
    expect(lastLine(testApp)).toEqual({
      ...always,
      ...{ endpoint: 'AddLenders', status: 'Success', msg: 'request answered' },
      ...{ request_id: 'mine', user_id: ana.userId, lenders_added: 2 },
    });
  });

  it('tells of a replay whose answer it is, and counts no lenders', async () => {
    const body = { ...LOAN, lenders: lenders(2, 100) };
    await ana.post('/loans', body, { 'X-Request-Id': 'first', 'Idempotency-Key': KEY });
    await ana.post('/loans', body, { 'X-Request-Id': 'second', 'Idempotency-Key': KEY });
    const line = lastLine(testApp);
    expect(line).toMatchObject({ endpoint: 'CreateLoan', status: 'Success', request_id: 'second', replay_of: 'first' });
    expect(line).not.toHaveProperty('lenders_added');
  });

  it('tells of a refusal which rules were broken where, and nothing of what was sent', async () => {
    const body = { ...LOAN, term_months: 0, lenders: [{ email: 'ana@example.com', contribution_amount: 5 }] };
    await ana.post('/loans', body, { 'X-Request-Id': 'mine' });
    expect(lastLine(testApp)).toEqual({
      ...always,
      ...{ endpoint: 'CreateLoan', status: 'Error', msg: 'request refused', request_id: 'mine', user_id: ana.userId },
      ...{ error: 'VALIDATION_ERROR', error_type: 'ValidationError' },
      problems: [
        { path: 'term_months', code: 'INVALID' },
        { path: 'lenders[0].email', code: 'SELF_INVITATION' },
      ],
    });
  });

  it('names no user where none could be told', async () => {
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

  it('names the user also where they may not do it', async () => {
    const ben = await testApp.as('ben@example.com', { email_verified: false });
    await ben.get('/loans');
    expect(lastLine(testApp)).toMatchObject({ error_type: 'Forbidden', user_id: ben.userId });
  });
});

type Fail = ReturnType<typeof failingStore>['fail'];

/** Asks for everything in every way that comes to different ends. */
async function useAll(
  used: TestApp,
  fail: Fail,
  [owner, friend, stranger]: readonly [Person, Person, Person],
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
  const answers = [
    await owner.post('/loans', loan, keyed),
    await owner.post('/loans', { ...loan, amount: 5 }, keyed),
    await owner.post('/loans', loan, { 'Idempotency-Key': `"${KEY}` }),
    await owner.post(`${path}/lenders`, { lenders: [{ email: friend.email, contribution_amount: 20_000 }] }),
    await owner.post(`${path}/lenders`, { lenders: [{ email: owner.email, contribution_amount: 5 }, { email: 'no@address' }] }),
    await owner.patch(lender, { contribution_amount: 6 }, keyed),
    ...(await Promise.all([owner, friend].flatMap((who) => ['', '/lenders', '/events'].map((more) => who.get(path + more))))),
    await friend.delete(lender),
    await owner.delete(lender),
    await owner.get(`/loans?cursor=${encodeURIComponent(friend.email)}`),
    await owner.get(`/loans/${encodeURIComponent(friend.email)}`),
    await stranger.get(path),
    await used.send('GET', '/loans', { headers: broken }),
    await used.send('POST', '/local/token', { body: { email: friend.email, name: 'Old Ben' } }),
    await used.send('POST', '/local/token', { body: { email: 'no@address' } }),
    await sendRequest(used, '/metrics', { from: '10.0.0.1', headers: { Authorization: `Bearer ${METRICS_TOKEN}` } }),
    await sendRequest(used, '/metrics', { from: '10.0.0.1', headers: broken }),
    await owner.send('POST', '/loans', { raw: `{"purpose":"${PURPOSE}"`, headers: { 'Content-Type': 'application/json' } }),
    await owner.send('POST', '/loans', { raw: PURPOSE, headers: { 'Content-Type': 'text/plain' } }),
    await owner.send('POST', '/loans', { raw: PURPOSE.repeat(4000), headers: { 'Content-Type': 'application/json' } }),
    await owner.post(`${path}/cancel`, {}, keyed),
    await owner.post(`${path}/lenders`, { lenders: [{ email: friend.email, contribution_amount: 5 }] }),
    await owner.send('PUT', '/loans'),
  ];
  for (const fault of ['busy', 'throttled', 'unavailable', new Error('the disk is gone')] as const) {
    fail(fault);
    answers.push(await owner.post('/loans', loan, keyed), await friend.get(path), await used.send('GET', '/health/ready'));
  }
  fail(undefined);
  return new Set(answers.map(({ status }) => status));
}

describe('the log', () => {
  it('never holds an address, a name, a token, a key or a purpose, whatever happens', async () => {
    const { store, fail } = failingStore();
    const used = await openTestApp({ store, config: { metricsToken: METRICS_TOKEN } });
    const [owner, friend] = [await used.as('owner@example.com', { name: 'Ana Secret' }), await used.as('friend@example.com')];
    const stranger = await used.as('stranger@example.com', { email_verified: false });
    const statuses = await useAll(used, fail, [owner, friend, stranger]);
    expect(statuses).toEqual(new Set([200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]));
    const types = new Set(linesOf(used).map((line) => line['error_type']));
    expect(types.size).toBeGreaterThanOrEqual(10);

    const people = [owner, friend, stranger].flatMap(({ email, token }) => [
      email,
      email.replace('@', '%40'),
      ...token.split('.').slice(1),
    ]);
    const secrets = [...people, ...BROKEN_TOKEN.split('.'), 'no@address', 'Ana Secret', 'Old Ben', KEY, PURPOSE, METRICS_TOKEN];
    const log = used.logged.join('').toLowerCase();
    expect(secrets.filter((secret) => log.includes(secret.toLowerCase()))).toEqual([]);
    expect(log).not.toContain('@');
    await used.close();
  });
});

describe('a fault of ours', () => {
  it('is told to the caller without its cause, and to us with it', async () => {
    const troubled = failingStore();
    const there = await openTestApp({ store: troubled.store });
    const ben = await there.as('ben@example.com');
    troubled.fail(new RangeError('page 7 of /var/data is torn'));
    const { status, text, body } = await ben.post('/loans', { ...LOAN, lenders: lenders(1, 5) }, { 'X-Request-Id': 'mine' });
    expect(status).toBe(500);
    expect(body).toMatchObject({ error: 'INTERNAL_ERROR', retryable: true, details: [], request_id: 'mine' });
    expect(body.message).toBe('Something went wrong on our side. Please retry; if it persists, report the request id.');
    expect(text).not.toMatch(/page 7|RangeError|stack|\.ts/);
    const line = lastLine(there);
    expect(line).toMatchObject({
      level: 50,
      msg: 'request failed',
      request_id: 'mine',
      user_id: ben.userId,
      error_type: 'UnexpectedError',
    });
    expect(line['err']).toMatchObject({ type: 'RangeError', message: 'page 7 of /var/data is torn' });
    expect(line['err'].stack).toContain('log.test.ts');
    await there.close();
  });

  it('is told so also outside of any use case', async () => {
    const troubled = failingStore();
    const there = await openTestApp({ store: troubled.store });
    troubled.fail(new RangeError('page 7 of /var/data is torn'));
    const { status, text } = await there.send('GET', '/health/ready', { headers: { 'X-Request-Id': 'probe' } });
    expect([status, /page 7/.test(text)]).toEqual([500, false]);
    expect(lastLine(there)).toMatchObject({ level: 50, request_id: 'probe', err: { message: 'page 7 of /var/data is torn' } });
    await there.close();
  });
});
