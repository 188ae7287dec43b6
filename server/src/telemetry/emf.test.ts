import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailOf } from '../testing/app/domain-fixtures.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { lastLine } from '../testing/app/log-lines.ts';
import { lenders, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../testing/app/test-user.ts';
import { metricsIn, type PublishedMetric } from '../testing/aws/emf.ts';
import { holdOf, storeHolds } from '../testing/risk/seed-holds.ts';
import { embeddedMetrics } from './emf.ts';

const NOW = Date.UTC(2026, 2, 1, 9, 15);
const KEY = { 'Idempotency-Key': 'one' };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const failing = failingStore();
let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp({ metrics: embeddedMetrics(() => NOW), store: failing.store });
  ana = await testApp.as('ana@example.com');
});

afterEach(() => failing.fail(undefined));

/** The metrics in the last log line. */
function published(): PublishedMetric[] {
  return metricsIn(testApp.logged.at(-1) ?? '');
}

function latency(Endpoint: string, Status: string) {
  const value: unknown = expect.any(Number);
  return { namespace: 'PrivateLending/API', metric: 'APILatency', unit: 'Milliseconds', value, dimensions: { Endpoint, Status } };
}

function added(Endpoint: string, value: number) {
  return { namespace: 'PrivateLending/API', metric: 'LendersAdded', unit: 'Count', value, dimensions: { Endpoint } };
}

function failed(Endpoint: string, ErrorType: string) {
  return { namespace: 'PrivateLending/API', metric: 'APIError', unit: 'Count', value: 1, dimensions: { Endpoint, ErrorType } };
}

describe('embeddedMetrics', () => {
  it('publishes the latency and the number of added lenders', async () => {
    const loanId = await ana.postsLoan();
    await ana.post(`/loans/${loanId}/lenders`, { lenders: lenders(3, 5) });
    expect(published()).toEqual([latency('AddLenders', 'Success'), added('AddLenders', 3)]);
    expect(published()[0]?.value).toBeGreaterThan(0);
  });

  it('publishes only the latency of a request that adds no lenders', async () => {
    await ana.get('/loans');
    expect(published()).toEqual([latency('ListLoans', 'Success')]);
  });

  it('publishes the decision of an operator, in the namespace of background work', async () => {
    const operators = new Set([emailOf('olga@example.com')]);
    const { store } = failing;
    testApp = await openTestApp({ metrics: embeddedMetrics(() => NOW), store, config: { operators } });
    await storeHolds(testApp, holdOf(await ana.postsLoan(), ana.userId, NOW));
    const { body } = await (await testApp.as('olga@example.com')).get('/operator/holds');
    await (await testApp.as('olga@example.com')).post(`/operator/holds/${body.holds[0].hold_id}/release`);
    const line = testApp.logged.find((each) => each.includes('hold released')) ?? '';
    const counted = { metric: 'HoldDecisions', unit: 'Count', value: 1, dimensions: { Decision: 'released' } };
    expect(metricsIn(line)).toEqual([{ namespace: 'PrivateLending/Background', ...counted }]);
    expect(published()).toEqual([latency('ReleaseHold', 'Success')]);
  });

  it('does not count the lenders of a replay again', async () => {
    const body = { ...LOAN, lenders: lenders(2, 5) };
    await ana.post('/loans', body, KEY);
    expect(published()).toEqual([latency('CreateLoan', 'Success'), added('CreateLoan', 2)]);
    await ana.post('/loans', body, KEY);
    expect(published()).toEqual([latency('CreateLoan', 'Success')]);
  });

  it('publishes a rejected request by its error type', async () => {
    await ana.post('/loans', { ...LOAN, amount: -1 });
    expect(published()).toEqual([latency('CreateLoan', 'Error'), failed('CreateLoan', 'ValidationError')]);
    await testApp.send('GET', '/loans');
    expect(published()).toEqual([latency('ListLoans', 'Error'), failed('ListLoans', 'Unauthorized')]);
  });

  it.each([
    ['throttled', 'DatabaseThrottled'],
    ['unavailable', 'DatabaseUnavailable'],
    ['busy', 'Contention'],
    [new Error('the disk is gone'), 'UnexpectedError'],
  ] as const)('publishes a server error by its type: %s', async (error, type) => {
    failing.fail(error);
    await ana.post('/loans', LOAN);
    expect(published()).toEqual([latency('CreateLoan', 'Error'), failed('CreateLoan', type)]);
    expect(lastLine(testApp)).toMatchObject({ level: 50, msg: 'request failed', error_type: type });
  });

  it('adds the metrics and their time to the log line of the request', async () => {
    const headers = { 'X-Request-Id': 'mine', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
    await ana.get('/loans', headers);
    expect(testApp.logged.filter((line) => line.includes('"mine"'))).toHaveLength(1);
    expect(lastLine(testApp)).toMatchObject({ _aws: { Timestamp: NOW }, request_id: 'mine', trace_id: TRACE, user_id: ana.userId });
  });

  it('has no /metrics page', async () => {
    const { status, body } = await testApp.send('GET', '/metrics', { from: '127.0.0.1' });
    expect([status, body.error]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('embeddedMetrics of risk and answers', () => {
  const BACKGROUND = 'PrivateLending/Background';
  const metrics = embeddedMetrics(() => NOW);
  const published = (members: object) => metricsIn(JSON.stringify(members));

  it('publishes a scored batch by its outcome, and its score for all batches together', () => {
    expect(published(metrics.batchScored({ outcome: 'noted', score: 0.25 }))).toEqual([
      { namespace: BACKGROUND, metric: 'RiskBatches', unit: 'Count', value: 1, dimensions: { Outcome: 'noted' } },
      { namespace: BACKGROUND, metric: 'RiskScores', unit: 'None', value: 0.25, dimensions: {} },
    ]);
  });

  it('publishes no score where it could not be had', () => {
    const [batch, ...rest] = published(metrics.batchScored({ outcome: 'failed', score: null }));
    expect([batch?.dimensions, rest]).toEqual([{ Outcome: 'failed' }, []]);
  });

  it('publishes decisions about holds, and answers to mail', () => {
    expect(published(metrics.holdDecided('rejected'))).toEqual([
      { namespace: BACKGROUND, metric: 'HoldDecisions', unit: 'Count', value: 1, dimensions: { Decision: 'rejected' } },
    ]);
    expect(published(metrics.mailAnswered('accepted'))).toEqual([
      { namespace: BACKGROUND, metric: 'MailAnswers', unit: 'Count', value: 1, dimensions: { Answer: 'accepted' } },
    ]);
  });
});
