import { afterEach, describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../testing/app/fake-time.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { parseClientAddress } from './client-address.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { userIdOf } from './token-verifier.ts';

const PER_SECOND = 3;
const BURST = 2 * PER_SECOND;
const SOMEWHERE = '203.0.113.7';
const [ANA, BEN] = [userIdOf('issuer', 'ana'), userIdOf('issuer', 'ben')];

let testApp: TestApp | undefined;

frozenTime();

afterEach(async () => {
  await testApp?.close();
  testApp = undefined;
});

async function openLimitedApp(requestsPerSecond = PER_SECOND): Promise<TestApp> {
  testApp = await openTestApp({ config: { requestsPerSecond } });
  return testApp;
}

async function repeat(times: number, send: () => Promise<TestResponse>): Promise<TestResponse[]> {
  const responses: TestResponse[] = [];
  for (let time = 0; time < times; time += 1) responses.push(await send());
  return responses;
}

function addressOf(text: string) {
  const address = parseClientAddress(text);
  if (!address) throw new TypeError(`${text} is no address`);
  return address;
}

function statuses(responses: readonly TestResponse[]): number[] {
  return responses.map(({ status }) => status);
}

describe('createRateLimiter', () => {
  it('allows a burst of twice the rate, and returns what remains', async () => {
    const consume = createRateLimiter(PER_SECOND, () => Date.now());
    const states = [];
    for (let time = 0; time <= BURST; time += 1) states.push(await consume(ANA));
    expect(states.map((state) => state?.exceeded)).toEqual([...Array(BURST).fill(false), true]);
    expect(states.map((state) => state?.remaining)).toEqual([5, 4, 3, 2, 1, 0, 0]);
    expect(states[0]).toMatchObject({ quota: BURST, windowSeconds: 2, resetSeconds: 1 });
  });

  it('counts clients separately', async () => {
    const consume = createRateLimiter(1, () => Date.now());
    for (let time = 0; time < 3; time += 1) await consume(ANA);
    expect(await consume(BEN)).toMatchObject({ remaining: 1, exceeded: false });
  });

  it('refills one request at a time, up to a burst', async () => {
    const consume = createRateLimiter(1, () => Date.now());
    for (let time = 0; time < 3; time += 1) await consume(ANA);
    vi.advanceTimersByTime(999);
    expect(await consume(ANA)).toMatchObject({ exceeded: true, resetSeconds: 1 });
    vi.advanceTimersByTime(1);
    expect(await consume(ANA)).toMatchObject({ exceeded: false, remaining: 0 });
    vi.advanceTimersByTime(3_600_000);
    expect(await consume(ANA)).toMatchObject({ exceeded: false, remaining: 1, resetSeconds: 1 });
  });

  it('never allows more than a burst plus the rate', async () => {
    const consume = createRateLimiter(50, () => Date.now());
    let allowed = 0;
    for (let tick = 0; tick < 400; tick += 1) {
      vi.advanceTimersByTime(10);
      for (let sent = 0; sent < 5; sent += 1) if (!(await consume(ANA))?.exceeded) allowed += 1;
    }
    expect(allowed).toBe(2 * 50 + 4 * 50 - 1); // the bucket is full at the first request, so the time until then refills nothing
  });

  it('keeps a spent bucket, however many others send one request', async () => {
    const consume = createRateLimiter(5, () => Date.now(), 10);
    for (let time = 0; time < 10; time += 1) await consume(ANA);
    for (let other = 0; other < 100; other += 1) await consume(userIdOf('issuer', `other ${other}`));
    for (let other = 0; other < 100; other += 1) await consume(addressOf(`203.0.113.${other}`));
    expect(await consume(ANA)).toMatchObject({ exceeded: true });
    vi.advanceTimersByTime(200);
    expect(await consume(ANA)).toMatchObject({ exceeded: false, remaining: 0 });
  });

  it('remembers no more buckets than its maximum', async () => {
    const consume = createRateLimiter(5, () => Date.now(), 10);
    for (let other = 0; other < 100; other += 1)
      for (let time = 0; time < 10; time += 1) await consume(userIdOf('issuer', `other ${other}`));
    expect(await consume(userIdOf('issuer', 'other 0'))).toMatchObject({ exceeded: false });
    expect(await consume(userIdOf('issuer', 'other 99'))).toMatchObject({ exceeded: true });
  });

  it('does not lock a client out when the clock is set back', async () => {
    const consume = createRateLimiter(1, () => Date.now());
    await consume(ANA);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(await consume(ANA)).toMatchObject({ exceeded: false, remaining: 0 });
    vi.advanceTimersByTime(1000);
    expect(await consume(ANA)).toMatchObject({ exceeded: false });
  });

  it('does not limit requests at a rate of 0', async () => {
    expect(await createRateLimiter(0, () => Date.now())(ANA)).toBeUndefined();
    const { headers } = await (await openLimitedApp(0)).get('/openapi.json');
    expect([headers.get('RateLimit'), headers.get('RateLimit-Policy')]).toEqual([null, null]);
  });
});

describe('the rate of a user', () => {
  it('reports the rate in the headers of every response, and Retry-After once it is exceeded', async () => {
    const ana = await (await openLimitedApp()).as('ana@example.com');
    const responses = await repeat(BURST + 1, () => ana.get('/loans'));
    expect(statuses(responses)).toEqual([...Array(BURST).fill(200), 429]);
    expect(responses[0]?.headers.get('RateLimit-Policy')).toBe('"default";q=6;w=2');
    expect(responses[0]?.headers.get('RateLimit')).toBe('"default";r=5;t=1');
    const { headers, body } = responses[BURST] ?? (await ana.get('/loans'));
    expect(headers.get('RateLimit')).toBe('"default";r=0;t=1');
    expect(headers.get('Retry-After')).toBe('1');
    expect(body).toMatchObject({ error: 'TOO_MANY_REQUESTS', retryable: true, retry_after: 1 });
    expect(body.message).toBe('More than 6 requests in 2 seconds. Please retry after 1 second.');
    testApp?.advance(1000);
    expect((await ana.get('/loans')).status).toBe(200);
  });

  it('counts all tokens and calls of a user together, and users separately', async () => {
    const app = await openLimitedApp();
    const [ana, ben, anaAgain] = [
      await app.as('ana@example.com'),
      await app.as('ben@example.com'),
      await app.as('ana@example.com'),
    ];
    await repeat(BURST, () => ana.post('/loans', {}));
    expect((await anaAgain.get('/loans')).status).toBe(429);
    expect((await ben.get('/loans')).status).toBe(200);
  });

  it('rejects requests over the rate without an effect or a storage call', async () => {
    const app = await openLimitedApp();
    const ana = await app.as('ana@example.com');
    const path = `/loans/${await ana.postsLoan()}/cancel`;
    await repeat(BURST - 1, () => ana.get('/loans'));
    expect(await app.callsOf(() => ana.post(path))).toEqual([]);
    app.advance(2000);
    expect((await ana.get(path.replace('/cancel', ''))).body.loan.status).toBe('open');
  });
});

describe('the rate of a network address', () => {
  const sendWithToken = (app: TestApp, from: string, token: string) => app.withToken(token).send('GET', '/loans', { from });

  it('limits the rate of invalid tokens from an address', async () => {
    const app = await openLimitedApp();
    let count = 0;
    const responses = await repeat(BURST + 1, () => sendWithToken(app, SOMEWHERE, `invalid-${count++}`));
    expect(statuses(responses)).toEqual([...Array(BURST).fill(401), 429]);
    expect(responses[0]?.headers.get('RateLimit')).toBe('"default";r=5;t=1');
    expect(responses[BURST]?.body.retry_after).toBe(1);
    expect((await sendWithToken(app, '198.51.100.1', 'invalid')).status).toBe(401);
  });

  it('does not count valid tokens against the rate of their address', async () => {
    const app = await openLimitedApp();
    const { token } = await app.as('ana@example.com');
    await repeat(BURST + 1, () => sendWithToken(app, SOMEWHERE, 'invalid'));
    expect((await sendWithToken(app, SOMEWHERE, token)).status).toBe(200);
  });

  it('keeps the rate of a user apart from that of an address that a client made up', async () => {
    testApp = await openTestApp({ config: { requestsPerSecond: PER_SECOND, trustedHops: 1 } });
    const ana = await testApp.as('ana@example.com');
    const headers = { 'X-Forwarded-For': ana.userId };
    await repeat(BURST + 1, () => ana.send('GET', '/openapi.json', { headers, from: SOMEWHERE }));
    expect((await ana.get('/loans')).status).toBe(200);
  });

  it('counts all calls without a token against one rate', async () => {
    const app = await openLimitedApp();
    const from = SOMEWHERE;
    const responses = [
      await app.send('GET', '/openapi.json', { from }),
      await app.send('GET', '/docs', { from }),
      await app.send('POST', '/local/token', { from, body: { email: 'ana@example.com' } }),
      await app.send('GET', '/metrics', { from }),
      await sendWithToken(app, from, 'invalid'),
      await app.send('GET', '/openapi.json', { from }),
      await app.send('GET', '/openapi.json', { from }),
    ];
    expect(statuses(responses)).toEqual([200, 200, 200, 403, 401, 200, 429]);
  });

  it('does not limit health checks', async () => {
    const app = await openLimitedApp(1);
    await repeat(3, () => app.send('GET', '/openapi.json', { from: SOMEWHERE }));
    for (const path of ['/health/live', '/health/ready']) {
      const responses = await repeat(10, () => app.send('GET', path, { from: SOMEWHERE }));
      expect(new Set(statuses(responses))).toEqual(new Set([200]));
    }
  });
});
