import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../testing/app/failing-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { metricsOf, valuesOf } from '../testing/app/read-metrics.ts';
import { type Answer, LOAN, lenders, openTestApp, type Person, type TestApp } from '../testing/app/test-app.ts';

let testApp: TestApp;
let ana: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

describe('the metrics', () => {
  it('are those of the contract, under its names and labels', async () => {
    await ana.post('/loans', { ...LOAN, lenders: lenders(1, 5) });
    await ana.get('/loans?limit=0');
    const text = await metricsOf(testApp);
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    expect(Object.fromEntries(types)).toEqual({
      api_latency_milliseconds: 'histogram',
      lenders_added_total: 'counter',
      api_errors_total: 'counter',
      store_calls_total: 'counter',
      mails_total: 'counter',
      events_dead_lettered_total: 'counter',
    });
    const labelled = [...text.matchAll(/^(\w+)\{([^}]*)\}/gm)].map(([, name, labels = '']) => {
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label);
      return `${name}{${names.sort((a = '', b = '') => a.localeCompare(b)).join()}}`;
    });
    expect(new Set(labelled)).toEqual(
      new Set([
        'api_latency_milliseconds_bucket{endpoint,le,status}',
        'api_latency_milliseconds_count{endpoint,status}',
        'api_latency_milliseconds_sum{endpoint,status}',
        'api_errors_total{endpoint,error_type}',
        'lenders_added_total{endpoint}',
        'store_calls_total{verb}',
      ]),
    );
  });

  it('count the lenders that were added, where they were added, and no replay', async () => {
    const loanId = await ana.postsLoan();
    for (const key of ['one', 'one', 'two']) {
      const prefix = key;
      await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 5, prefix) }, { 'Idempotency-Key': key });
    }
    await ana.post('/loans', { ...LOAN, lenders: lenders(2, 5) });
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 1_000_000, 'too-much') });
    expect(await valuesOf('lenders_added_total', testApp)).toEqual({ 'endpoint="AddLenders"': 6, 'endpoint="CreateLoan"': 2 });
  });

  it('count every request by how it ended, a replay as a success', async () => {
    const key = { 'Idempotency-Key': 'one' };
    for (const amount of [5, 5, 6, -1]) await ana.post('/loans', { ...LOAN, amount }, key);
    expect(await valuesOf('api_latency_milliseconds_count', testApp)).toEqual({
      'endpoint="CreateLoan",status="Success"': 2,
      'endpoint="CreateLoan",status="Error"': 2,
    });
    const sums = await valuesOf('api_latency_milliseconds_sum', testApp);
    expect(Object.values(sums).every((milliseconds) => milliseconds > 0)).toBe(true);
  });

  it('count the calls to the database by what they do', async () => {
    const before = await valuesOf('store_calls_total', testApp);
    const loanId = await ana.postsLoan();
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 5) });
    await ana.get(`/loans/${loanId}/lenders`);
    const after = await valuesOf('store_calls_total', testApp);
    const risen = Object.entries(after).map(([verb, count]) => [verb, count - (before[verb] ?? 0)]);
    expect(Object.fromEntries(risen)).toEqual({ 'verb="get"': 2, 'verb="commit"': 2, 'verb="list"': 1 });
  });

  it('count nothing for pages that are no use case', async () => {
    for (const path of ['/nowhere', '/health/live', '/openapi.json']) await testApp.send('GET', path);
    expect(await valuesOf('api_latency_milliseconds_count', testApp)).toEqual({});
  });
});

/** Makes one refusal of each type, at the endpoint named. */
const REFUSALS: Readonly<Record<string, readonly [endpoint: string, status: number, make: () => Promise<Answer>]>> = {
  ValidationError: ['ListLoans', 400, () => ana.get('/loans?limit=0')],
  Unauthorized: ['ListLoans', 401, () => testApp.send('GET', '/loans')],
  Forbidden: ['ListLoans', 403, async () => (await testApp.as('ben@example.com', { email_verified: false })).get('/loans')],
  NotFound: ['ReadLoan', 404, () => ana.get('/loans/nothing')],
  Conflict: [
    'AddLenders',
    409,
    async () => {
      const path = `/loans/${await ana.postsLoan()}`;
      await ana.post(`${path}/cancel`);
      return ana.post(`${path}/lenders`, { lenders: lenders(1, 5) });
    },
  ],
  RateLimited: [
    'CreateLoan',
    429,
    async () => {
      for (let hundreds = 0; hundreds < 10; hundreds += 1) {
        await ana.post('/loans', { ...LOAN, lenders: lenders(20, 5) });
      }
      return ana.post('/loans', { ...LOAN, lenders: lenders(1, 5) });
    },
  ],
};

describe('a refusal', () => {
  it.each(Object.entries(REFUSALS))('is counted once under its type: %s', async (type, [endpoint, status, make]) => {
    expect((await make()).status).toBe(status);
    expect(await valuesOf('api_errors_total', testApp)).toEqual({ [`endpoint="${endpoint}",error_type="${type}"`]: 1 });
  });
});

const FAULTS = [
  {
    type: 'DatabaseThrottled',
    fault: 'throttled',
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
    retryAfter: 5,
  },
  {
    type: 'DatabaseUnavailable',
    fault: 'unavailable',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
    retryAfter: 10,
  },
  {
    type: 'Contention',
    fault: 'busy',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Too many changes at once. Please retry after 1 second.',
    retryAfter: 1,
  },
  {
    type: 'UnexpectedError',
    fault: new Error('the disk is gone'),
    status: 500,
    error: 'INTERNAL_ERROR',
    message: 'Something went wrong on our side. Please retry; if it persists, report the request id.',
    retryAfter: undefined,
  },
] as const;

describe('a fault of the database', () => {
  it.each(FAULTS)('is answered in the words of the contract, counted and logged: $type', async (expected) => {
    const { type, fault, status, error, message, retryAfter } = expected;
    const { store, fail } = failingStore();
    const there = await openTestApp({ store });
    const ben = await there.as('ben@example.com');
    const loanId = await ben.postsLoan();
    fail(fault);
    const answer = await ben.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5) });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, message, detail: message, retryable: true });
    expect(answer.body.retry_after).toBe(retryAfter);
    expect(answer.headers.get('Retry-After')).toBe(retryAfter === undefined ? null : String(retryAfter));
    expect(await valuesOf('api_errors_total', there)).toEqual({ [`endpoint="AddLenders",error_type="${type}"`]: 1 });
    expect(await valuesOf('lenders_added_total', there)).toEqual({});
    expect(lastLine(there)).toMatchObject({
      level: 50,
      msg: 'request failed',
      error_type: type,
      err: { message: expect.any(String) },
    });
  });

  it('is no more, and is counted no more, once it is over', async () => {
    const { store, fail } = failingStore();
    const there = await openTestApp({ store });
    const ben = await there.as('ben@example.com');
    fail('unavailable');
    const keyed = { 'Idempotency-Key': 'one' };
    expect((await ben.post('/loans', LOAN, keyed)).status).toBe(503);
    fail(undefined);
    expect((await ben.post('/loans', LOAN, keyed)).status).toBe(201);
    expect(await valuesOf('api_errors_total', there)).toEqual({ 'endpoint="CreateLoan",error_type="DatabaseUnavailable"': 1 });
    await there.close();
  });

  it('is told from too many requests at once, which may come again after a second', async () => {
    const full = await openTestApp({ waitingMax: 0 });
    const { status, headers, body } = await (await full.as('ben@example.com')).post('/loans', LOAN);
    expect([status, headers.get('Retry-After'), body.retry_after]).toEqual([503, '1', 1]);
    expect(await valuesOf('api_errors_total', full)).toEqual({ 'endpoint="CreateLoan",error_type="Contention"': 1 });
    await full.close();
  });
});
