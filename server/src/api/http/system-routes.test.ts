import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { failingStore } from '../../testing/app/failing-store.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { connectTo, serveTestApp } from '../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';

const METRICS_TOKEN = 'a-token-for-metrics';
const LOCAL = '127.0.0.1';
const REMOTE = '198.51.100.7';
const PROXY_HEADERS = [
  'Forwarded',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Real-IP',
  'X-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Ray',
  'CDN-Loop',
  'X-Forwarded',
  'X-Original-Forwarded-For',
  'X-Original-Host',
  'X-Cluster-Client-IP',
  'X-Envoy-External-Address',
  'X-Azure-ClientIP',
  'X-Remote-IP',
  'Fly-Client-IP',
  'Fastly-Client-IP',
  'Client-IP',
  'WL-Proxy-Client-IP',
];

let testApp: TestApp;
let appWithToken: TestApp;

beforeEach(async () => {
  testApp = await openTestApp();
  appWithToken = await openTestApp({ config: { metricsToken: METRICS_TOKEN } });
});

afterEach(async () => {
  await testApp.close();
  await appWithToken.close();
});

describe('GET /metrics', () => {
  it.each([LOCAL, '127.3.4.5', '::1', '::ffff:127.0.0.1'])('serves metrics to this machine, %s', async (from) => {
    const { status, headers, text } = await testApp.send('GET', '/metrics', { from });
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('store_calls_total{verb="commit"}');
  });

  it('serves metrics to this machine over a real connection', async () => {
    const server = await serveTestApp(testApp);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${server.url}/metrics`, { headers: { 'X-Forwarded-For': LOCAL } })).status).toBe(403);
    await server.close();
  });

  it.each([REMOTE, '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', undefined])(
    'responds 403 to a request for metrics without a token from %s',
    async (from) => {
      const { status, body } = await testApp.send('GET', '/metrics', from === undefined ? {} : { from });
      expect([status, body.error]).toEqual([403, 'FORBIDDEN']);
    },
  );

  it.each(PROXY_HEADERS)('requires the metrics token of a request with the proxy header %s', async (name) => {
    const request = { from: LOCAL, headers: { [name]: LOCAL } };
    expect((await testApp.send('GET', '/metrics', request)).status).toBe(403);
    expect((await appWithToken.send('GET', '/metrics', request)).status).toBe(401);
    const authorized = { ...request, headers: { ...request.headers, Authorization: `Bearer ${METRICS_TOKEN}` } };
    expect((await appWithToken.send('GET', '/metrics', authorized)).status).toBe(200);
  });

  it.each([
    undefined,
    'Bearer ',
    'Bearer a-token-for-metric',
    `Bearer ${METRICS_TOKEN}s`,
    `Bearer ${METRICS_TOKEN.toUpperCase()}`,
    `Basic ${METRICS_TOKEN}`,
    METRICS_TOKEN,
  ])('responds 401 to a request for metrics with the Authorization header %s', async (sent) => {
    const headers = sent === undefined ? {} : { Authorization: sent };
    const { status, headers: responseHeaders, body } = await appWithToken.send('GET', '/metrics', { from: REMOTE, headers });
    expect([status, body.error, responseHeaders.get('WWW-Authenticate')]).toEqual([401, 'UNAUTHORIZED', 'Bearer']);
  });

  it('serves metrics to the token only, from anywhere, once there is one', async () => {
    const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
    expect((await appWithToken.send('GET', '/metrics', { from: REMOTE, headers })).status).toBe(200);
    expect((await appWithToken.send('GET', '/metrics', { from: LOCAL, headers })).status).toBe(200);
    expect((await appWithToken.send('GET', '/metrics', { from: LOCAL })).status).toBe(401);
  });

  it('does not serve metrics to this machine behind a trusted proxy', async () => {
    const behindProxy = await openTestApp({ config: { trustedHops: 1 } });
    const { status, body } = await behindProxy.send('GET', '/metrics', { from: LOCAL });
    expect([status, body.message]).toEqual([403, expect.stringContaining('Set METRICS_TOKEN')]);
    await behindProxy.close();
  });

  it.each(['lending.example.com', '10.0.0.1', 'localhost.example.com'])('does not serve metrics at the host %s', async (host) => {
    expect((await testApp.send('GET', `http://${host}/metrics`, { from: LOCAL })).status).toBe(403);
  });

  it('does not serve metrics to a page of another site', async () => {
    const headers = { Origin: 'https://evil.example.com' };
    expect((await testApp.send('GET', '/metrics', { from: LOCAL, headers })).status).toBe(403);
  });

  it('does not serve metrics over HTTP/1.0, as nginx speaks by default', async () => {
    const server = await serveTestApp(testApp);
    const connection = await connectTo(server.url);
    connection.send(`GET /metrics HTTP/1.0\r\nHost: ${new URL(server.url).host}\r\n\r\n`);
    expect((await connection.answer()).status).toBe(403);
    connection.hangUp();
    await server.close();
  });

  it('does not serve metrics to a user’s token', async () => {
    const { token } = await appWithToken.as('ana@example.com');
    const headers = { Authorization: `Bearer ${token}` };
    expect((await appWithToken.send('GET', '/metrics', { from: REMOTE, headers })).status).toBe(401);
  });
});

describe('health checks', () => {
  it('serves health checks to everyone', async () => {
    const [live, ready] = [
      await testApp.send('GET', '/health/live', { from: REMOTE }),
      await testApp.send('GET', '/health/ready', { from: REMOTE }),
    ];
    expect([live.status, live.body, ready.status, ready.body]).toEqual([200, { status: 'ok' }, 200, { status: 'ok' }]);
  });

  it('reports live but not ready during shutdown', async () => {
    testApp.app.stop();
    const [live, ready] = [await testApp.get('/health/live'), await testApp.get('/health/ready')];
    expect([live.status, ready.status]).toEqual([200, 503]);
    expect(testApp.logged).toEqual([]);
  });

  it('reports live but not ready while the database is unavailable, and logs the cause', async () => {
    const { store, fail } = failingStore();
    const failing = await openTestApp({ store });
    fail('unavailable');
    const live = await failing.get('/health/live');
    const ready = await failing.get('/health/ready', { 'X-Request-Id': 'probe' });
    expect([live.status, ready.status, ready.headers.get('Retry-After')]).toEqual([200, 503, '10']);
    expect(ready.body.message).toMatch(/^Not ready: the store can't be read .+ Please retry after 10 seconds\.$/);
    expect(lastLine(failing)).toMatchObject({ level: 50, request_id: 'probe', err: { type: 'StoreError' } });
    await failing.close();
  });
});

describe('GET /health/ready after a failed write', () => {
  it.each(['throttled', 'unavailable', 'busy'] as const)(
    'fails while writes are %s, and recovers without another write',
    async (kind) => {
      vi.useFakeTimers({ toFake: ['performance'] });
      onTestFinished(() => void vi.useRealTimers());
      const { store, fail, failCommits } = failingStore();
      const failing = await openTestApp({ store });
      const ana = await failing.as('ana@example.com');
      failCommits(kind);
      expect((await failing.get('/health/ready')).status, 'no write has failed yet').toBe(200);
      await ana.post('/loans', { amount: 20_000, interest_rate: 4.5, term_months: 36 });
      const readyLater = () => {
        vi.advanceTimersByTime(1000);
        return failing.get('/health/ready');
      };
      const ready = await readyLater();
      expect([ready.status, ready.body.error, ready.headers.get('Retry-After')]).toEqual([503, 'SERVICE_UNAVAILABLE', '10']);
      expect(ready.body.message).toContain(`Not ready: the store can't be written (the store is ${kind}).`);
      fail(undefined);
      expect((await failing.get('/health/ready')).status, 'cached').toBe(503);
      expect(await failing.callsOf(readyLater)).toEqual(['get', 'commit']);
      expect(await failing.callsOf(readyLater), 'no further probe').toEqual(['get']);
      await failing.close();
    },
  );
});

describe('the reference', () => {
  it('serves the reference to everyone, as JSON and as a page', async () => {
    const [document, page] = [await testApp.get('/openapi.json'), await testApp.get('/docs')];
    expect([document.status, document.body.openapi]).toEqual([200, '3.1.0']);
    expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8']);
  });

  it.each(['/openapi.json', '/docs'])('builds %s once for all requests', async (path) => {
    const first = await testApp.app.fetch(new Request(`http://localhost${path}`));
    const stringify = vi.spyOn(JSON, 'stringify');
    onTestFinished(() => stringify.mockRestore());
    const second = await testApp.app.fetch(new Request(`http://localhost${path}`));
    expect(stringify).not.toHaveBeenCalled();
    expect(await second.text()).toBe(await first.text());
  });

  it('redirects / to /docs', async () => {
    const { status, headers } = await testApp.get('/');
    expect([status, headers.get('Location')]).toEqual([302, '/docs']);
  });
});
