import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../testing/app/failing-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { metricsOf, valuesOf } from '../testing/app/read-metrics.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../testing/app/test-user.ts';
import { PrometheusMetrics } from './prometheus.ts';

let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

describe('PrometheusMetrics', () => {
  it('has the metric names and labels of the contract', async () => {
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
      mail_answers_total: 'counter',
      events_dead_lettered_total: 'counter',
      imports_failed_total: 'counter',
      risk_batches_total: 'counter',
      risk_scores: 'histogram',
      hold_decisions_total: 'counter',
    });
    const labels = [...text.matchAll(/^(\w+)\{([^}]*)\}/gm)].map(([, name, list = '']) => {
      const names = [...list.matchAll(/(\w+)="/g)].map(([, label]) => label);
      return `${name}{${names.sort((a = '', b = '') => a.localeCompare(b)).join()}}`;
    });
    expect(new Set(labels)).toEqual(
      new Set([
        'api_latency_milliseconds_bucket{endpoint,le,status}',
        'api_latency_milliseconds_count{endpoint,status}',
        'api_latency_milliseconds_sum{endpoint,status}',
        'api_errors_total{endpoint,error_type}',
        'lenders_added_total{endpoint}',
        'risk_scores_bucket{le}',
        'store_calls_total{verb}',
      ]),
    );
  });

  it('counts added lenders by endpoint, and not those of a replay', async () => {
    const loanId = await ana.postsLoan();
    for (const key of ['one', 'one', 'two']) {
      await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 5, key) }, { 'Idempotency-Key': key });
    }
    await ana.post('/loans', { ...LOAN, lenders: lenders(2, 5) });
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 1_000_000, 'too-much') });
    expect(await valuesOf('lenders_added_total', testApp)).toEqual({ 'endpoint="AddLenders"': 6, 'endpoint="CreateLoan"': 2 });
  });

  it('counts requests by status, a replay as a success', async () => {
    const key = { 'Idempotency-Key': 'one' };
    for (const amount of [5, 5, 6, -1]) await ana.post('/loans', { ...LOAN, amount }, key);
    expect(await valuesOf('api_latency_milliseconds_count', testApp)).toEqual({
      'endpoint="CreateLoan",status="Success"': 2,
      'endpoint="CreateLoan",status="Error"': 2,
    });
    const sums = await valuesOf('api_latency_milliseconds_sum', testApp);
    expect(Object.values(sums).every((milliseconds) => milliseconds > 0)).toBe(true);
  });

  it('counts store calls by verb', async () => {
    const before = await valuesOf('store_calls_total', testApp);
    const loanId = await ana.postsLoan();
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 5) });
    await ana.get(`/loans/${loanId}/lenders`);
    const after = await valuesOf('store_calls_total', testApp);
    const increases = Object.entries(after).map(([verb, count]) => [verb, count - (before[verb] ?? 0)]);
    expect(Object.fromEntries(increases)).toEqual({ 'verb="get"': 3, 'verb="commit"': 2, 'verb="list"': 1 });
  });

  it('does not count requests outside of use cases', async () => {
    for (const path of ['/nowhere', '/health/live', '/openapi.json']) await testApp.send('GET', path);
    expect(await valuesOf('api_latency_milliseconds_count', testApp)).toEqual({});
  });
});

describe('PrometheusMetrics of risk and answers', () => {
  it('counts batches by outcome, and observes the scores that could be had', async () => {
    const metrics = new PrometheusMetrics();
    for (const [outcome, score] of [
      ['passed', 0.004],
      ['held', 0.3],
      ['failed', null],
    ] as const)
      metrics.batchScored({ outcome, score });
    const text = await metrics.page.text();
    for (const outcome of ['passed', 'held', 'failed']) expect(text).toContain(`risk_batches_total{outcome="${outcome}"} 1\n`);
    expect(text).toContain('risk_scores_count 2\n');
    expect(text).toContain('risk_scores_sum 0.304\n');
  });

  it('counts decisions about holds, and answers to mail', async () => {
    const metrics = new PrometheusMetrics();
    metrics.holdDecided('released');
    for (const answer of ['opted-out', 'bounced', 'opted-out'] as const) metrics.mailAnswered(answer);
    const text = await metrics.page.text();
    expect(text).toContain('hold_decisions_total{decision="released"} 1\n');
    expect(text).toContain('mail_answers_total{answer="opted-out"} 2\n');
    expect(text).toContain('mail_answers_total{answer="bounced"} 1\n');
  });
});

/** Per error type: a request that is rejected with it. */
const REJECTED: Readonly<Record<string, readonly [endpoint: string, status: number, send: () => Promise<TestResponse>]>> = {
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
      for (let twenties = 0; twenties < 10; twenties += 1) {
        await ana.post('/loans', { ...LOAN, lenders: lenders(20, 5) });
      }
      return ana.post('/loans', { ...LOAN, lenders: lenders(1, 5) });
    },
  ],
};

describe('api_errors_total', () => {
  it.each(Object.entries(REJECTED))('counts a rejected request once by its type: %s', async (type, [endpoint, status, send]) => {
    expect((await send()).status).toBe(status);
    expect(await valuesOf('api_errors_total', testApp)).toEqual({ [`endpoint="${endpoint}",error_type="${type}"`]: 1 });
  });
});

const STORE_ERRORS = [
  {
    type: 'DatabaseThrottled',
    cause: 'throttled',
    status: 429,
    error: 'TOO_MANY_REQUESTS',
    message: 'Database request rate exceeded. Please retry after 5 seconds.',
    retryAfter: 5,
  },
  {
    type: 'DatabaseUnavailable',
    cause: 'unavailable',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Database temporarily unavailable. Please retry after 10 seconds.',
    retryAfter: 10,
  },
  {
    type: 'Contention',
    cause: 'busy',
    status: 503,
    error: 'SERVICE_UNAVAILABLE',
    message: 'Too many changes at once. Please retry after 1 second.',
    retryAfter: 1,
  },
  {
    type: 'UnexpectedError',
    cause: new Error('the disk is gone'),
    status: 500,
    error: 'INTERNAL_ERROR',
    message: 'Something went wrong on our side. Please retry; if it persists, report the request id.',
    retryAfter: undefined,
  },
] as const;

describe('api_errors_total of server errors', () => {
  it.each(STORE_ERRORS)('counts and logs a server error, with the response of the contract: $type', async (expected) => {
    const { type, cause, status, error, message, retryAfter } = expected;
    const { store, fail } = failingStore();
    const failingApp = await openTestApp({ store });
    const ben = await failingApp.as('ben@example.com');
    const loanId = await ben.postsLoan();
    fail(cause);
    const response = await ben.post(`/loans/${loanId}/lenders`, { lenders: lenders(1, 5) });
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ error, message, detail: message, retryable: true });
    expect(response.body.retry_after).toBe(retryAfter);
    expect(response.headers.get('Retry-After')).toBe(retryAfter === undefined ? null : String(retryAfter));
    expect(await valuesOf('api_errors_total', failingApp)).toEqual({ [`endpoint="AddLenders",error_type="${type}"`]: 1 });
    expect(await valuesOf('lenders_added_total', failingApp)).toEqual({});
    expect(lastLine(failingApp)).toMatchObject({
      level: 50,
      msg: 'request failed',
      error_type: type,
      err: { message: expect.any(String) },
    });
  });

  it('counts no further error once the database is back', async () => {
    const { store, fail } = failingStore();
    const failingApp = await openTestApp({ store });
    const ben = await failingApp.as('ben@example.com');
    fail('unavailable');
    const keyed = { 'Idempotency-Key': 'one' };
    expect((await ben.post('/loans', LOAN, keyed)).status).toBe(503);
    fail(undefined);
    expect((await ben.post('/loans', LOAN, keyed)).status).toBe(201);
    expect(await valuesOf('api_errors_total', failingApp)).toEqual({ 'endpoint="CreateLoan",error_type="DatabaseUnavailable"': 1 });
    await failingApp.close();
  });

  it('counts a full queue as contention, to be retried after a second', async () => {
    const full = await openTestApp({ waitingMax: 0 });
    const { status, headers, body } = await (await full.as('ben@example.com')).post('/loans', LOAN);
    expect([status, headers.get('Retry-After'), body.retry_after]).toEqual([503, '1', 1]);
    expect(await valuesOf('api_errors_total', full)).toEqual({ 'endpoint="CreateLoan",error_type="Contention"': 1 });
    await full.close();
  });
});
