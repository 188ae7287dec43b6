import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failingStore } from '../../testing/app/failing-store.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { sendRequest, serveLab } from '../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';

const METRICS_TOKEN = 'a-token-for-metrics';
const HERE = '127.0.0.1';
const ELSEWHERE = '198.51.100.7';
const FORWARDING = [
  ...['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port'],
  ...['X-Real-IP', 'X-Client-IP', 'True-Client-IP', 'CF-Connecting-IP'],
];

let testApp: TestApp;
let guarded: TestApp;

beforeEach(async () => {
  testApp = await openTestApp();
  guarded = await openTestApp({ config: { metricsToken: METRICS_TOKEN } });
});

afterEach(async () => {
  await testApp.close();
  await guarded.close();
});

describe('metrics', () => {
  it.each([HERE, '127.3.4.5', '::1', '::ffff:127.0.0.1'])('answer to the machine itself, %s', async (from) => {
    const { status, headers, text } = await sendRequest(testApp, '/metrics', { from });
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('store_calls_total{verb="commit"}');
  });

  it('answer to it over a real connection', async () => {
    const server = await serveLab(testApp);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${server.url}/metrics`, { headers: { 'X-Forwarded-For': HERE } })).status).toBe(403);
    await server.close();
  });

  it.each([ELSEWHERE, '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', undefined])(
    'answer to nobody else without a token, %s',
    async (from) => {
      const { status, body } = await sendRequest(testApp, '/metrics', from === undefined ? {} : { from });
      expect([status, body.error]).toEqual([403, 'FORBIDDEN']);
    },
  );

  it.each(FORWARDING)('don’t take a proxy’s word for who asks: %s', async (name) => {
    const asking = { from: HERE, headers: { [name]: HERE } };
    expect((await sendRequest(testApp, '/metrics', asking)).status).toBe(403);
    expect((await sendRequest(guarded, '/metrics', asking)).status).toBe(401);
    const withToken = { ...asking, headers: { ...asking.headers, Authorization: `Bearer ${METRICS_TOKEN}` } };
    expect((await sendRequest(guarded, '/metrics', withToken)).status).toBe(200);
  });

  it.each([
    undefined,
    'Bearer ',
    'Bearer a-token-for-metric',
    `Bearer ${METRICS_TOKEN}s`,
    `Bearer ${METRICS_TOKEN.toUpperCase()}`,
    `Basic ${METRICS_TOKEN}`,
    METRICS_TOKEN,
  ])('ask others for the token that is set, and refuse %s', async (sent) => {
    const headers = sent === undefined ? {} : { Authorization: sent };
    const { status, headers: answered, body } = await sendRequest(guarded, '/metrics', { from: ELSEWHERE, headers });
    expect([status, body.error, answered.get('WWW-Authenticate')]).toEqual([401, 'UNAUTHORIZED', 'Bearer']);
  });

  it('answer to the token that is set from anywhere, and to the machine itself without it', async () => {
    const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
    expect((await sendRequest(guarded, '/metrics', { from: ELSEWHERE, headers })).status).toBe(200);
    expect((await sendRequest(guarded, '/metrics', { from: HERE })).status).toBe(200);
  });

  it('don’t answer to a user’s token', async () => {
    const { token } = await guarded.as('ana@example.com');
    const headers = { Authorization: `Bearer ${token}` };
    expect((await sendRequest(guarded, '/metrics', { from: ELSEWHERE, headers })).status).toBe(401);
  });
});

describe('health', () => {
  it('is told to all', async () => {
    const [live, ready] = [
      await sendRequest(testApp, '/health/live', { from: ELSEWHERE }),
      await sendRequest(testApp, '/health/ready', { from: ELSEWHERE }),
    ];
    expect([live.status, live.body, ready.status, ready.body]).toEqual([200, { status: 'ok' }, 200, { status: 'ok' }]);
  });

  it('is live but not ready while the program stops', async () => {
    testApp.app.stop();
    const [live, ready] = [await testApp.send('GET', '/health/live'), await testApp.send('GET', '/health/ready')];
    expect([live.status, ready.status]).toEqual([200, 503]);
    expect(testApp.logged).toEqual([]);
  });

  it('is live but not ready while the database does not answer, and the cause is logged', async () => {
    const { store, fail } = failingStore();
    const troubled = await openTestApp({ store });
    fail('unavailable');
    const live = await troubled.send('GET', '/health/live');
    const ready = await troubled.send('GET', '/health/ready', { headers: { 'X-Request-Id': 'probe' } });
    expect([live.status, ready.status, ready.headers.get('Retry-After')]).toEqual([200, 503, '10']);
    expect(ready.body.message).toBe('Database temporarily unavailable. Please retry after 10 seconds.');
    expect(lastLine(troubled)).toMatchObject({ level: 50, request_id: 'probe', err: { type: 'StoreError' } });
    await troubled.close();
  });
});

describe('what anybody may read', () => {
  it('is the reference, as JSON and as a page', async () => {
    const [document, page] = [await sendRequest(testApp, '/openapi.json'), await sendRequest(testApp, '/docs')];
    expect([document.status, document.body.openapi]).toEqual([200, '3.1.0']);
    expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8']);
  });

  it('is where a browser that asks for nothing in particular is led', async () => {
    const { status, headers } = await sendRequest(testApp, '/');
    expect([status, headers.get('Location')]).toEqual([302, '/docs']);
  });
});
