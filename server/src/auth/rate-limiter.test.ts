import { afterEach, describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../testing/app/fake-time.ts';
import { sendRequest } from '../testing/app/raw-http.ts';
import { type Answer, openTestApp, type TestApp } from '../testing/app/test-app.ts';
import { createRateLimiter } from './rate-limiter.ts';

const PER_SECOND = 3;
const BURST = 2 * PER_SECOND;
const SOMEWHERE = '203.0.113.7';

let testApp: TestApp | undefined;

frozenTime();

afterEach(async () => {
  await testApp?.close();
  testApp = undefined;
});

async function limited(requestsPerSecond = PER_SECOND): Promise<TestApp> {
  testApp = await openTestApp({ config: { requestsPerSecond } });
  return testApp;
}

async function inTurn(times: number, send: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await send());
  return answers;
}

function statuses(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status);
}

describe('the rate of requests', () => {
  it('allows a burst of twice the rate, and tells what is left', async () => {
    const spend = createRateLimiter(PER_SECOND, () => Date.now());
    const states = [];
    for (let time = 0; time <= BURST; time += 1) states.push(await spend('ana'));
    expect(states.map((state) => state?.exceeded)).toEqual([...Array(BURST).fill(false), true]);
    expect(states.map((state) => state?.remaining)).toEqual([5, 4, 3, 2, 1, 0, 0]);
    expect(states[0]).toMatchObject({ quota: BURST, windowSeconds: 2, resetSeconds: 1 });
  });

  it('holds one apart from another', async () => {
    const spend = createRateLimiter(1, () => Date.now());
    for (const who of ['ana', 'ana', 'ana']) await spend(who);
    expect(await spend('ben')).toMatchObject({ remaining: 1, exceeded: false });
  });

  it('gives back one request after the other, and never more than a burst', async () => {
    const spend = createRateLimiter(1, () => Date.now());
    for (const who of ['ana', 'ana', 'ana']) await spend(who);
    vi.advanceTimersByTime(999);
    expect(await spend('ana')).toMatchObject({ exceeded: true, resetSeconds: 1 });
    vi.advanceTimersByTime(1);
    expect(await spend('ana')).toMatchObject({ exceeded: false, remaining: 0 });
    vi.advanceTimersByTime(3_600_000);
    expect(await spend('ana')).toMatchObject({ exceeded: false, remaining: 1, resetSeconds: 1 });
  });

  it('lets through no more than a burst and the rate, wherever one begins to count', async () => {
    const spend = createRateLimiter(50, () => Date.now());
    let passed = 0;
    for (let tick = 0; tick < 400; tick += 1) {
      vi.advanceTimersByTime(10);
      for (let sent = 0; sent < 5; sent += 1) if (!(await spend('ana'))?.exceeded) passed += 1;
    }
    expect(passed).toBe(2 * 50 + 4 * 50 - 1); // the first request found the bucket full, so its first moment filled nothing
  });

  it('is not limited where it is set to 0', async () => {
    expect(await createRateLimiter(0, () => Date.now())('ana')).toBeUndefined();
    const { headers } = await (await limited(0)).send('GET', '/openapi.json');
    expect([headers.get('RateLimit'), headers.get('RateLimit-Policy')]).toEqual([null, null]);
  });
});

describe('a user', () => {
  it('is told in every answer what is left, and beyond that when to come back', async () => {
    const ana = await (await limited()).as('ana@example.com');
    const answers = await inTurn(BURST + 1, () => ana.get('/loans'));
    expect(statuses(answers)).toEqual([...Array(BURST).fill(200), 429]);
    expect(answers[0]?.headers.get('RateLimit-Policy')).toBe('"default";q=6;w=2');
    expect(answers[0]?.headers.get('RateLimit')).toBe('"default";r=5;t=1');
    const { headers, body } = answers[BURST] ?? (await ana.get('/loans'));
    expect(headers.get('RateLimit')).toBe('"default";r=0;t=1');
    expect(headers.get('Retry-After')).toBe('1');
    expect(body).toMatchObject({ error: 'TOO_MANY_REQUESTS', retryable: true, retry_after: 1 });
    expect(body.message).toBe('More than 6 requests in 2 seconds. Please retry after 1 second.');
    testApp?.advance(1000);
    expect((await ana.get('/loans')).status).toBe(200);
  });

  it('spends nobody else’s requests, and the same with every token and call', async () => {
    const here = await limited();
    const [ana, ben, anaAgain] = [
      await here.as('ana@example.com'),
      await here.as('ben@example.com'),
      await here.as('ana@example.com'),
    ];
    await inTurn(BURST, () => ana.post('/loans', {}));
    expect((await anaAgain.get('/loans')).status).toBe(429);
    expect((await ben.get('/loans')).status).toBe(200);
  });

  it('whose rate is exceeded changes nothing, and costs no storage call', async () => {
    const here = await limited();
    const ana = await here.as('ana@example.com');
    const path = `/loans/${await ana.postsLoan()}/cancel`;
    await inTurn(BURST - 1, () => ana.get('/loans'));
    expect(await here.callsOf(() => ana.post(path))).toEqual([]);
    here.advance(2000);
    expect((await ana.get(path.replace('/cancel', ''))).body.loan.status).toBe('open');
  });
});

describe('an address', () => {
  const guess = (here: TestApp, from: string, token: string) =>
    sendRequest(here, '/loans', { from, headers: { Authorization: `Bearer ${token}` } });

  it('that guesses tokens is stopped, whatever it guesses', async () => {
    const here = await limited();
    let guessed = 0;
    const answers = await inTurn(BURST + 1, () => guess(here, SOMEWHERE, `guess-${guessed++}`));
    expect(statuses(answers)).toEqual([...Array(BURST).fill(401), 429]);
    expect(answers[0]?.headers.get('RateLimit')).toBe('"default";r=5;t=1');
    expect(answers[BURST]?.body.retry_after).toBe(1);
    expect((await guess(here, '198.51.100.1', 'guess')).status).toBe(401);
  });

  it('that guesses tokens does not keep users out who share it', async () => {
    const here = await limited();
    const { token } = await here.as('ana@example.com');
    await inTurn(BURST + 1, () => guess(here, SOMEWHERE, 'guess'));
    expect((await guess(here, SOMEWHERE, token)).status).toBe(200);
  });

  it('has one rate for all that answers without a token', async () => {
    const here = await limited();
    const from = SOMEWHERE;
    const body = JSON.stringify({ email: 'ana@example.com' });
    const answers = [
      await sendRequest(here, '/openapi.json', { from }),
      await sendRequest(here, '/docs', { from }),
      await sendRequest(here, '/local/token', { from, method: 'POST', body, headers: { 'Content-Type': 'application/json' } }),
      await sendRequest(here, '/metrics', { from }),
      await guess(here, from, 'guess'),
      await sendRequest(here, '/openapi.json', { from }),
      await sendRequest(here, '/openapi.json', { from }),
    ];
    expect(statuses(answers)).toEqual([200, 200, 200, 403, 401, 200, 429]);
  });

  it('may always ask for the program’s health', async () => {
    const here = await limited(1);
    await inTurn(3, () => sendRequest(here, '/openapi.json', { from: SOMEWHERE }));
    for (const path of ['/health/live', '/health/ready']) {
      const answers = await inTurn(10, () => sendRequest(here, path, { from: SOMEWHERE }));
      expect(new Set(statuses(answers))).toEqual(new Set([200]));
    }
  });
});
