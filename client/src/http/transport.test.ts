import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LendingClient } from '../client.ts';
import { type Clock, platformClock } from '../clock.ts';
import { ApiError, CircuitOpenError, ConnectionError, DeadlineError } from '../errors.ts';
import type { ClientOptions } from '../options.ts';
import { fastClientOptions } from '../testing/fast-client.ts';
import { type FaultRule, type FaultyServer, pass, startFaultyServer } from '../testing/faulty-server.ts';
import { halfBody, hangBeforeForward, json, problem, respond } from '../testing/network-faults.ts';

const LENDERS = { lenders: [{ email: 'ben@example.com', contribution_amount: 5000 }] };
const ADDED = json(200, { success: true, lenders_added: 1 });

let server: FaultyServer;

afterEach(() => server.stop());

/** Each request gets the next rule, and further ones the last. Requests that pass add a lender. */
async function startServer(...rules: readonly FaultRule[]): Promise<void> {
  server = await startFaultyServer(() => ADDED);
  server.next(...rules.slice(0, -1));
  server.always(rules.at(-1) ?? pass);
}

/** A client of such a server that skips its delays and records them. */
async function fastClient(rules: readonly FaultRule[], more: Partial<ClientOptions> = {}) {
  await startServer(...rules);
  const { options, delays } = fastClientOptions(server.url);
  return { client: new LendingClient({ ...options, ...more }), delays };
}

/** An error of the API. */
const fail = (...response: Parameters<typeof problem>): FaultRule => respond(problem(...response));

const errorOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    (data) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(data)}`)),
    (error: unknown) => error,
  );

const sent = (header: string) => server.attempts.map(({ headers }) => headers[header]);

describe('Transport.send', () => {
  it.each([
    ['a 503', fail(503, 'SERVICE_UNAVAILABLE')],
    ['a 500', fail(500, 'INTERNAL_ERROR')],
    ['a 502 of a gateway', respond(json(502))],
    ['a 408', respond(json(408))],
    ['a 429', fail(429, 'TOO_MANY_REQUESTS')],
    ['half a response', halfBody],
    ['a success that is not JSON', ({ response }) => response.end('<html>')],
    ['a success that is not an object', ({ response }) => response.end('null')],
    ['a closed connection', ({ socket }) => socket.destroy()],
  ] satisfies [string, FaultRule][])('retries with the same key, request id and body after %s', async (_, rule) => {
    const { client, delays } = await fastClient([rule, rule, pass]);
    const { data, attempts } = await client.addLenders('L', LENDERS).withResponse();
    expect({ data, attempts }).toEqual({ data: { success: true, lenders_added: 1 }, attempts: 3 });
    expect(delays).toEqual([250, 500]);
    expect(new Set(server.attempts.map(({ text }) => text))).toEqual(new Set([JSON.stringify(LENDERS)]));
    for (const header of ['idempotency-key', 'x-request-id']) {
      expect(new Set(sent(header))).toEqual(new Set([expect.stringMatching(/^[0-9a-f-]{36}$/)]));
    }
  });

  it.each([301, 400, 401, 403, 404, 405, 409, 413, 415, 422])('does not retry after a %i', async (status) => {
    const { client } = await fastClient([respond(json(status, {}, { location: '/elsewhere' }))]);
    expect(await errorOf(client.addLenders('L', LENDERS))).toMatchObject({ status, attempts: 1, retryable: false });
    expect(server.attempts).toHaveLength(1);
  });

  it('does not retry an error that the server marks as not retryable', async () => {
    const { client } = await fastClient([fail(500, 'INTERNAL_ERROR', {}, { retryable: false })]);
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ code: 'INTERNAL_ERROR', attempts: 1 });
  });

  it('rejects with the last error after the maximum number of attempts', async () => {
    const { client, delays } = await fastClient([fail(503, 'SERVICE_UNAVAILABLE')]);
    expect(await errorOf(client.readLoan('L', { maxAttempts: 3 }))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', attempts: 3 });
    expect(delays).toEqual([250, 500]);
  });

  it('resends the original bytes, even if the caller changes its buffer', async () => {
    const { client } = await fastClient([fail(503, 'SERVICE_UNAVAILABLE'), pass]);
    const file = new TextEncoder().encode('email');
    const call = client.importLenders('L', file);
    file.fill(0);
    await call;
    expect(server.attempts.map(({ text }) => text)).toEqual(['email', 'email']);
  });

  it('limits the retries of all calls by the retry budget', async () => {
    const { client } = await fastClient([fail(503, 'SERVICE_UNAVAILABLE')], { retryBudgetMax: 5, breakerFailuresMax: 100 });
    const errors: unknown[] = [];
    for (let call = 0; call < 3; call += 1) errors.push(await errorOf(client.readLoan('L')));
    expect(errors).toMatchObject([{ attempts: 5 }, { attempts: 2 }, { attempts: 1 }]);
  });

  it('allows another retry after ten successful calls', async () => {
    const unavailable = fail(503, 'SERVICE_UNAVAILABLE');
    const rules = [unavailable, unavailable, ...Array<FaultRule>(10).fill(pass), unavailable];
    const { client } = await fastClient(rules, { retryBudgetMax: 1 });
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ attempts: 2 });
    for (let call = 0; call < 10; call += 1) await client.readLoan('L');
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ attempts: 2 });
  });
});

describe('Retry-After', () => {
  it('waits for Retry-After plus a random delay, as all clients get the same value', async () => {
    const { client, delays } = await fastClient([fail(429, 'TOO_MANY_REQUESTS', { 'retry-after': '2' }), pass]);
    await client.addLenders('L', LENDERS);
    expect(delays).toEqual([2250]);
  });

  it('reads retry_after from the body when the header is missing', async () => {
    const { client, delays } = await fastClient([fail(429, 'TOO_MANY_REQUESTS', {}, { retry_after: 3 }), pass]);
    await client.addLenders('L', LENDERS);
    expect(delays).toEqual([3250]);
  });

  it.each([
    ['the configured maximum', { retryAfterMaxMs: 4000 }, 5],
    ['the time left until the deadline', {}, 20],
  ])('ends the call at once when Retry-After exceeds %s', async (_, options, retryAfter) => {
    const rule = fail(429, 'TOO_MANY_REQUESTS', { 'retry-after': String(retryAfter) });
    const { client, delays } = await fastClient([rule], options);
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter, attempts: 1 });
    expect(delays).toEqual([]);
  });
});

describe('deadline', () => {
  const realTime = () => ({ url: server.url, token: 'JWT', random: () => 0 });

  it('retries an attempt that has timed out', async () => {
    await startServer(hangBeforeForward, hangBeforeForward, pass, hangBeforeForward);
    const client = new LendingClient({ ...realTime(), attemptMs: 100 });
    expect((await client.addLenders('L', LENDERS).withResponse()).attempts).toBe(3);
    const error = await errorOf(client.readLoan('L', { maxAttempts: 1 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ message: 'No complete response within 100 ms.', retryable: true });
  });

  it.each([
    ['without a response', hangBeforeForward],
    ['in the middle of a response', ({ response }) => response.writeHead(200).write('{')],
  ] satisfies [string, FaultRule][])('ends a call at its deadline %s, with the error of the attempt before', async (_, rule) => {
    await startServer(fail(503, 'SERVICE_UNAVAILABLE'), rule);
    const error = await errorOf(new LendingClient(realTime()).readLoan('L', { deadlineMs: 300 }));
    expect(error).toBeInstanceOf(DeadlineError);
    expect(error).toMatchObject({ attempts: 2, message: 'No response within 300 ms.', cause: { status: 503 } });
  });

  it('ends a call at its deadline while it waits for its token', async () => {
    await startServer(pass);
    const client = new LendingClient({ ...realTime(), token: () => new Promise(() => {}) });
    expect(await errorOf(client.readLoan('L', { deadlineMs: 50 }))).toMatchObject({ name: 'DeadlineError', attempts: 0 });
  });
});

describe('abort signal', () => {
  it('aborts a call before it begins, during an attempt and during a delay, with the reason of the signal', async () => {
    const reason = new Error('the user left the page');
    await startServer(hangBeforeForward, fail(503, 'SERVICE_UNAVAILABLE'));
    const client = new LendingClient({ url: server.url, token: 'JWT', random: () => 0.999 });
    expect(await errorOf(client.readLoan('L', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.attempts).toHaveLength(0);
    for (const requests of [1, 2]) {
      const page = new AbortController();
      const error = errorOf(client.readLoan('L', { signal: page.signal }));
      await expect.poll(() => server.attempts.length).toBe(requests);
      page.abort(reason);
      expect(await error).toBe(reason);
    }
  });

  it('rejects with the reason of the signal rather than the error of fetch', async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('another reason'))));
    const { client } = await fastClient([pass], { fetch });
    const page = new AbortController();
    const error = errorOf(client.readLoan('L', { signal: page.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    page.abort('closed');
    expect(await error).toBe('closed');
  });

  it('removes its listeners and timers when a call has ended', async () => {
    const { signal } = new AbortController();
    let timers = 0;
    const clock: Clock = {
      ...platformClock,
      after(ms, run) {
        timers += 1;
        const cancel = platformClock.after(ms, run);
        return () => {
          timers -= 1;
          cancel();
        };
      },
    };
    const { client } = await fastClient([halfBody, pass, fail(409, 'CONFLICT')], { clock, random: () => 0 });
    await client.readLoan('L', { signal });
    await errorOf(client.readLoan('L', { signal }));
    expect({ timers, listeners: getEventListeners(signal, 'abort') }).toEqual({ timers: 0, listeners: [] });
  });

  it('aborts a call whose fetch ignores signals', async () => {
    const { client } = await fastClient([pass], { fetch: () => new Promise(() => {}) });
    expect(await errorOf(client.readLoan('L', { signal: AbortSignal.timeout(20) }))).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('circuit breaker of a client', () => {
  it('opens the circuit for all calls when the server keeps failing', async () => {
    const { client } = await fastClient([fail(503, 'SERVICE_UNAVAILABLE')], { breakerFailuresMax: 3 });
    const error = await errorOf(client.addLenders('L', LENDERS));
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ attempts: 3, retryable: true, cause: { status: 503 } });
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ name: 'CircuitOpenError', attempts: 0 });
    expect(server.attempts).toHaveLength(3);
  });

  it('keeps the circuit closed when the server rejects requests', async () => {
    const { client } = await fastClient([fail(429, 'TOO_MANY_REQUESTS')], { breakerFailuresMax: 2, maxAttempts: 4 });
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ code: 'TOO_MANY_REQUESTS', attempts: 4 });
  });

  it('makes the next call the trial when a trial is aborted', async () => {
    await startServer(fail(503, 'SERVICE_UNAVAILABLE'), hangBeforeForward, pass);
    let elapsed = 0;
    const clock: Clock = { ...platformClock, elapsed: () => elapsed };
    const client = new LendingClient({ url: server.url, token: 'JWT', breakerFailuresMax: 1, breakerPauseMs: 1000, clock });
    await errorOf(client.readLoan('L', { maxAttempts: 1 }));
    expect(await errorOf(client.readLoan('L'))).toBeInstanceOf(CircuitOpenError);
    elapsed += 1000;
    const page = new AbortController();
    const trial = errorOf(client.readLoan('L', { signal: page.signal }));
    await expect.poll(() => server.attempts.length).toBe(2);
    expect(await errorOf(client.readLoan('L'))).toBeInstanceOf(CircuitOpenError);
    page.abort();
    await trial;
    expect(await client.readLoan('L')).toMatchObject({ success: true });
  });

  it('does not count calls that ended at their own deadline as failures of the server', async () => {
    await startServer(hangBeforeForward, hangBeforeForward, pass);
    const client = new LendingClient({ url: server.url, token: 'JWT', breakerFailuresMax: 1 });
    for (let call = 0; call < 2; call += 1) {
      expect(await errorOf(client.readLoan('L', { deadlineMs: 50 }))).toBeInstanceOf(DeadlineError);
    }
    expect(await client.readLoan('L')).toMatchObject({ success: true });
  });
});

describe('token source', () => {
  it('calls the token source again after a 401 with the rejected token, without a delay', async () => {
    const rejected: (string | undefined)[] = [];
    const token = (old?: string) => `JWT${rejected.push(old)}`;
    const { client, delays } = await fastClient([fail(401, 'UNAUTHORIZED'), pass], { token, maxAttempts: 1 });
    expect((await client.addLenders('L', LENDERS).withResponse()).attempts).toBe(2);
    expect(rejected).toEqual([undefined, 'JWT1']);
    expect(sent('authorization')).toEqual(['Bearer JWT1', 'Bearer JWT2']);
    expect(new Set(sent('idempotency-key')).size).toBe(1);
    expect(delays).toEqual([]);
  });

  it('calls the token source only once more', async () => {
    const { client } = await fastClient([fail(401, 'UNAUTHORIZED')], { token: () => 'JWT' });
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ code: 'UNAUTHORIZED', attempts: 2 });
  });

  it('rejects with the error of the token source', async () => {
    const reason = new Error('not signed in');
    const { client } = await fastClient([pass], { token: () => Promise.reject(reason) });
    expect(await errorOf(client.readLoan('L'))).toBe(reason);
  });

  it('does not leak a token that can not be sent', async () => {
    const { client } = await fastClient([pass], { token: () => 'se\ncret' });
    expect(String(await errorOf(client.readLoan('L')))).toBe('TypeError: The token is empty or has invalid characters.');
    expect(server.attempts).toEqual([]);
  });
});

describe('errors', () => {
  it('rejects with all that the server responded', async () => {
    const details = [{ path: 'lenders[0].email', code: 'DUPLICATE_LENDER', message: 'again' }];
    const { client } = await fastClient([fail(400, 'VALIDATION_ERROR', { 'x-request-id': 'of-the-server' }, { details })]);
    const error = await errorOf(client.addLenders('L', LENDERS));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 400, message: 'it is VALIDATION_ERROR', details });
    expect(error).toMatchObject({
      requestId: 'of-the-server',
      retryable: false,
      retryAfter: undefined,
      body: { success: false },
    });
  });

  it.each([
    ['a missing page', 404, 'UNEXPECTED_RESPONSE'],
    ['a gateway that wants a token', 401, 'UNAUTHORIZED'],
    ['a gateway without a server', 502, 'SERVICE_UNAVAILABLE'],
  ])('takes the error code from the status of a response that is not from the API: %s', async (_, status, code) => {
    const { client } = await fastClient([respond({ status, headers: {}, text: '<h1>No</h1>' })], { maxAttempts: 1 });
    expect(await errorOf(client.readLoan('L', { requestId: 'mine' }))).toMatchObject({
      code,
      status,
      body: '<h1>No</h1>',
      requestId: 'mine',
    });
  });

  it('reports an unknown error code as an unexpected response', async () => {
    const { client } = await fastClient([fail(418, 'TEAPOT')]);
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ code: 'UNEXPECTED_RESPONSE', body: { error: 'TEAPOT' } });
  });

  it('rejects with a ConnectionError that has a cause and the request id of the call', async () => {
    const { client } = await fastClient([pass]);
    await server.stop();
    const error = await errorOf(client.readLoan('L', { requestId: 'mine', maxAttempts: 2 }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ requestId: 'mine', attempts: 2, retryable: true, cause: expect.any(TypeError) });
  });

  it('does not retry after a response that is too large', async () => {
    const endless: FaultRule = ({ response }) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(10_000), () => setImmediate(more)));
      more();
    };
    const { client } = await fastClient([endless], { responseBytesMax: 50_000 });
    expect(await errorOf(client.readLoan('L'))).toMatchObject({ attempts: 1, cause: { name: 'ResponseTooLargeError' } });
  });

  it('rejects withResponse without an unhandled rejection of the call itself', async () => {
    const unhandled: unknown[] = [];
    const record = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', record);
    const { client } = await fastClient([fail(409, 'CONFLICT')]);
    await expect(client.closeLoan('L').withResponse()).rejects.toThrow('CONFLICT');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', record);
    expect(unhandled).toEqual([]);
  });
});

describe('hooks', () => {
  it('calls hooks for every attempt, which can add headers but not replace any, and get no token and no key', async () => {
    const calls: unknown[] = [];
    const { client } = await fastClient([fail(503, 'SERVICE_UNAVAILABLE'), halfBody, pass], {
      hooks: {
        onRequest(info) {
          info.headers.set('traceparent', '00-1-2-01');
          info.headers.set('Authorization', 'other');
          calls.push(['request', info.attempt, [...info.headers]]);
        },
        onResponse: ({ status, path }) => calls.push(['response', status, path]),
        onFailure: ({ error }) => calls.push(['failure', error instanceof Error]),
        onRetry: ({ delayMs, operation, method }) => calls.push(['retry', delayMs, operation, method]),
      },
    });
    await client.addLenders('L', LENDERS, { idempotencyKey: 'order-17' });
    const headers = [
      ['authorization', 'other'],
      ['traceparent', '00-1-2-01'],
    ];
    expect(calls).toEqual([
      ['request', 1, headers],
      ['response', 503, '/loans/L/lenders'],
      ['retry', 250, 'addLenders', 'POST'],
      ['request', 2, headers],
      ['failure', true],
      ['retry', 500, 'addLenders', 'POST'],
      ['request', 3, headers],
      ['response', 200, '/loans/L/lenders'],
    ]);
    expect(sent('traceparent')).toEqual(Array(3).fill('00-1-2-01'));
    expect(sent('authorization')).toEqual(Array(3).fill('Bearer JWT'));
  });

  it('ignores hooks that throw or reject', async () => {
    const bad = () => {
      throw new Error('the log is full');
    };
    const hooks = { onRequest: bad, onResponse: () => Promise.reject(new Error('x')), onFailure: bad, onRetry: bad };
    const { client } = await fastClient([halfBody, pass], { hooks });
    expect(await client.addLenders('L', LENDERS)).toMatchObject({ lenders_added: 1 });
  });
});
