import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LendingClient } from '../client.ts';
import { type Clock, platformClock } from '../clock.ts';
import { ApiError, CircuitOpenError, ConnectionError, DeadlineError } from '../errors.ts';
import type { ClientOptions } from '../options.ts';
import { type Act, answering, breaking, hanging, hasty, refusing, type Scripted, serveScript } from '../testing/scripted-server.ts';

const LENDERS = { lenders: [{ email: 'ben@example.com', contribution_amount: 5000 }] };
const ADDED = answering(200, { success: true, lenders_added: 1 });

let server: Scripted;

afterEach(() => server.close());

/** A client of a server that answers so; what it would have waited for is in `waited`. */
async function clientOf(acts: readonly Act[], more: Partial<ClientOptions> = {}) {
  server = await serveScript(...acts);
  const { options, waited } = hasty(server.url);
  return { client: new LendingClient({ ...options, ...more }), waited };
}

const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    (data) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(data)}`)),
    (error: unknown) => error,
  );

const sent = (header: string) => server.received.map(({ headers }) => headers[header]);

describe('a call that fails in passing', () => {
  it.each([
    ['a 503', refusing(503, 'SERVICE_UNAVAILABLE')],
    ['a 500', refusing(500, 'INTERNAL_ERROR')],
    ['a gateway', answering(502)],
    ['a 408', answering(408)],
    ['a 429', refusing(429, 'TOO_MANY_REQUESTS')],
    ['half an answer', breaking],
    ['an answer that is no JSON', (response) => response.end('<html>')],
    ['an answer that is no object', (response) => response.end('null')],
    ['a closed connection', (response) => response.destroy()],
  ] satisfies [string, Act][])('is tried again after %s, with the same key, request id and body', async (_, act) => {
    const { client, waited } = await clientOf([act, act, ADDED]);
    const { data, attempts } = await client.addLenders('L', LENDERS).withResponse();
    expect({ data, attempts }).toEqual({ data: { success: true, lenders_added: 1 }, attempts: 3 });
    expect(waited).toEqual([250, 500]);
    expect(new Set(server.received.map(({ body }) => body))).toEqual(new Set([JSON.stringify(LENDERS)]));
    for (const header of ['idempotency-key', 'x-request-id']) {
      expect(new Set(sent(header))).toEqual(new Set([expect.stringMatching(/^[0-9a-f-]{36}$/)]));
    }
  });

  it.each([301, 400, 401, 403, 404, 405, 409, 413, 415, 422])('is not tried again after a %i', async (status) => {
    const { client } = await clientOf([answering(status, {}, { Location: '/elsewhere' })]);
    expect(await failureOf(client.addLenders('L', LENDERS))).toMatchObject({ status, attempts: 1, retryable: false });
    expect(server.received).toHaveLength(1);
  });

  it('is not tried again where the server says that it would not help', async () => {
    const { client } = await clientOf([refusing(500, 'INTERNAL_ERROR', { retryable: false })]);
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ code: 'INTERNAL_ERROR', attempts: 1 });
  });

  it('ends with the last failure when all attempts are made', async () => {
    const { client, waited } = await clientOf([refusing(503, 'SERVICE_UNAVAILABLE')]);
    expect(await failureOf(client.readLoan('L', { maxAttempts: 3 }))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', attempts: 3 });
    expect(waited).toEqual([250, 500]);
  });

  it('sends what it was given, whatever becomes of that meanwhile', async () => {
    const { client } = await clientOf([refusing(503, 'SERVICE_UNAVAILABLE'), ADDED]);
    const file = new TextEncoder().encode('email');
    const call = client.importLenders('L', file);
    file.fill(0);
    await call;
    expect(server.received.map(({ body }) => body)).toEqual(['email', 'email']);
  });

  it('is not tried more often, over all calls, than the budget allows', async () => {
    const { client } = await clientOf([refusing(503, 'SERVICE_UNAVAILABLE')], { retryBudgetMax: 5, breakerFailuresMax: 100 });
    const attempts: unknown[] = [];
    for (let call = 0; call < 3; call += 1) attempts.push(await failureOf(client.readLoan('L')));
    expect(attempts).toMatchObject([{ attempts: 5 }, { attempts: 2 }, { attempts: 1 }]);
  });

  it('is tried again once more for every ten that succeeded', async () => {
    const bad = refusing(503, 'SERVICE_UNAVAILABLE');
    const { client } = await clientOf([bad, bad, ...Array<Act>(10).fill(ADDED), bad], { retryBudgetMax: 1 });
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ attempts: 2 });
    for (let call = 0; call < 10; call += 1) await client.readLoan('L');
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ attempts: 2 });
  });
});

describe('what the server asks to wait', () => {
  it('is kept, and something more, since it asks everybody the same', async () => {
    const { client, waited } = await clientOf([refusing(429, 'TOO_MANY_REQUESTS', {}, { 'Retry-After': '2' }), ADDED]);
    await client.addLenders('L', LENDERS);
    expect(waited).toEqual([2250]);
  });

  it('is taken from the body where the header is hidden', async () => {
    const { client, waited } = await clientOf([refusing(429, 'TOO_MANY_REQUESTS', { retry_after: 3 }), ADDED]);
    await client.addLenders('L', LENDERS);
    expect(waited).toEqual([3250]);
  });

  it.each([
    ['more than the client waits', { retryAfterMaxMs: 4000 }, 5],
    ['more than the deadline leaves', {}, 20],
  ])('ends the call at once where it is %s', async (_, options, retryAfter) => {
    const act = refusing(429, 'TOO_MANY_REQUESTS', {}, { 'Retry-After': String(retryAfter) });
    const { client, waited } = await clientOf([act], options);
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter, attempts: 1 });
    expect(waited).toEqual([]);
  });
});

describe('a call that takes too long', () => {
  const real = () => ({ url: server.url, token: 'JWT', random: () => 0 });

  it('is tried again when an attempt is out of time', async () => {
    server = await serveScript(hanging, hanging, ADDED, hanging);
    const client = new LendingClient({ ...real(), attemptMs: 100 });
    expect((await client.addLenders('L', LENDERS).withResponse()).attempts).toBe(3);
    const failure = await failureOf(client.readLoan('L', { maxAttempts: 1 }));
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ message: 'No whole answer came within 100 ms.', retryable: true });
  });

  it.each([
    ['without an answer', hanging],
    ['in the middle of an answer', (response) => response.writeHead(200).write('{')],
  ] satisfies [string, Act][])('ends at its deadline, %s, with what had gone wrong before', async (_, act) => {
    server = await serveScript(refusing(503, 'SERVICE_UNAVAILABLE'), act);
    const failure = await failureOf(new LendingClient(real()).readLoan('L', { deadlineMs: 300 }));
    expect(failure).toBeInstanceOf(DeadlineError);
    expect(failure).toMatchObject({ attempts: 2, message: 'There was no answer within 300 ms.', cause: { status: 503 } });
  });

  it('ends at its deadline though nobody gives a token', async () => {
    server = await serveScript(ADDED);
    const client = new LendingClient({ ...real(), token: () => new Promise(() => {}) });
    expect(await failureOf(client.readLoan('L', { deadlineMs: 50 }))).toMatchObject({ name: 'DeadlineError', attempts: 0 });
  });
});

describe('a signal', () => {
  it('ends a call before it begins, while it is under way, and in a pause, with its reason', async () => {
    const reason = new Error('the user went elsewhere');
    server = await serveScript(hanging, refusing(503, 'SERVICE_UNAVAILABLE'));
    const client = new LendingClient({ url: server.url, token: 'JWT', random: () => 0.999 });
    expect(await failureOf(client.readLoan('L', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.received).toHaveLength(0);
    for (const requests of [1, 2]) {
      const screen = new AbortController();
      const failed = failureOf(client.readLoan('L', { signal: screen.signal }));
      await expect.poll(() => server.received.length).toBe(requests);
      screen.abort(reason);
      expect(await failed).toBe(reason);
    }
  });

  it('is the reason also where a fetch has one of its own', async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('of its own'))));
    const { client } = await clientOf([ADDED], { fetch });
    const screen = new AbortController();
    const failed = failureOf(client.readLoan('L', { signal: screen.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    screen.abort('closed');
    expect(await failed).toBe('closed');
  });

  it('is let go of when a call has ended, and so are all timers', async () => {
    const { signal } = new AbortController();
    let timers = 0;
    const clock: Clock = {
      ...platformClock,
      after(ms, run) {
        timers += 1;
        const callOff = platformClock.after(ms, run);
        return () => {
          timers -= 1;
          callOff();
        };
      },
    };
    const { client } = await clientOf([breaking, ADDED, refusing(409, 'CONFLICT')], { clock, random: () => 0 });
    await client.readLoan('L', { signal });
    await failureOf(client.readLoan('L', { signal }));
    expect({ timers, listeners: getEventListeners(signal, 'abort') }).toEqual({ timers: 0, listeners: [] });
  });

  it('ends a call whose fetch knows nothing of signals', async () => {
    const { client } = await clientOf([ADDED], { fetch: () => new Promise(() => {}) });
    expect(await failureOf(client.readLoan('L', { signal: AbortSignal.timeout(20) }))).toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a server that fails at every call', () => {
  it('is left alone for a while, by all calls of the client, and then asked once', async () => {
    const { client } = await clientOf([refusing(503, 'SERVICE_UNAVAILABLE')], { breakerFailuresMax: 3 });
    const failure = await failureOf(client.addLenders('L', LENDERS));
    expect(failure).toBeInstanceOf(CircuitOpenError);
    expect(failure).toMatchObject({ attempts: 3, retryable: true, cause: { status: 503 } });
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ name: 'CircuitOpenError', attempts: 0 });
    expect(server.received).toHaveLength(3);
  });

  it('is not left alone for what it refuses', async () => {
    const { client } = await clientOf([refusing(429, 'TOO_MANY_REQUESTS')], { breakerFailuresMax: 2, maxAttempts: 4 });
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ code: 'TOO_MANY_REQUESTS', attempts: 4 });
  });

  it('is tried by the next caller where the one who tried has gone', async () => {
    server = await serveScript(refusing(503, 'SERVICE_UNAVAILABLE'), hanging, ADDED);
    let elapsed = 0;
    const clock: Clock = { ...platformClock, elapsed: () => elapsed };
    const client = new LendingClient({ url: server.url, token: 'JWT', breakerFailuresMax: 1, breakerPauseMs: 1000, clock });
    await failureOf(client.readLoan('L', { maxAttempts: 1 }));
    expect(await failureOf(client.readLoan('L'))).toBeInstanceOf(CircuitOpenError);
    elapsed += 1000;
    const screen = new AbortController();
    const trial = failureOf(client.readLoan('L', { signal: screen.signal }));
    await expect.poll(() => server.received.length).toBe(2);
    expect(await failureOf(client.readLoan('L'))).toBeInstanceOf(CircuitOpenError);
    screen.abort();
    await trial;
    expect(await client.readLoan('L')).toMatchObject({ success: true });
  });

  it('is not judged by a caller who had little time', async () => {
    server = await serveScript(hanging, hanging, ADDED);
    const client = new LendingClient({ url: server.url, token: 'JWT', breakerFailuresMax: 1 });
    for (let call = 0; call < 2; call += 1) {
      expect(await failureOf(client.readLoan('L', { deadlineMs: 50 }))).toBeInstanceOf(DeadlineError);
    }
    expect(await client.readLoan('L')).toMatchObject({ success: true });
  });
});

describe('a token', () => {
  it('is asked for once more after a 401, without a pause, and told which was refused', async () => {
    const refused: (string | undefined)[] = [];
    const token = (old?: string) => `JWT${refused.push(old)}`;
    const { client, waited } = await clientOf([refusing(401, 'UNAUTHORIZED'), ADDED], { token, maxAttempts: 1 });
    expect((await client.addLenders('L', LENDERS).withResponse()).attempts).toBe(2);
    expect(refused).toEqual([undefined, 'JWT1']);
    expect(sent('authorization')).toEqual(['Bearer JWT1', 'Bearer JWT2']);
    expect(new Set(sent('idempotency-key')).size).toBe(1);
    expect(waited).toEqual([]);
  });

  it('is asked for only once more', async () => {
    const { client } = await clientOf([refusing(401, 'UNAUTHORIZED')], { token: () => 'JWT' });
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ code: 'UNAUTHORIZED', attempts: 2 });
  });

  it('that can’t be had fails the call with the reason of whoever has it', async () => {
    const reason = new Error('not signed in');
    const { client } = await clientOf([ADDED], { token: () => Promise.reject(reason) });
    expect(await failureOf(client.readLoan('L'))).toBe(reason);
  });

  it('that could not be sent is not told', async () => {
    const { client } = await clientOf([ADDED], { token: () => 'se\ncret' });
    expect(String(await failureOf(client.readLoan('L')))).toBe(
      'TypeError: The token is empty, or has characters that no token has.',
    );
    expect(server.received).toEqual([]);
  });
});

describe('a failure', () => {
  it('tells all that the server has said', async () => {
    const details = [{ path: 'lenders[0].email', code: 'DUPLICATE_LENDER', message: 'again' }];
    const { client } = await clientOf([refusing(400, 'VALIDATION_ERROR', { details }, { 'X-Request-Id': 'of-the-server' })]);
    const failure = await failureOf(client.addLenders('L', LENDERS));
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ code: 'VALIDATION_ERROR', status: 400, message: 'it is VALIDATION_ERROR', details });
    expect(failure).toMatchObject({
      requestId: 'of-the-server',
      retryable: false,
      retryAfter: undefined,
      body: { success: false },
    });
  });

  it.each([
    ['a page that is not there', 404, 'UNEXPECTED_ANSWER'],
    ['a gateway that wants a token', 401, 'UNAUTHORIZED'],
    ['a gateway that finds nobody', 502, 'SERVICE_UNAVAILABLE'],
  ])('of another’s making is told as such: %s', async (_, status, code) => {
    const { client } = await clientOf([(response) => response.writeHead(status).end('<h1>No</h1>')], { maxAttempts: 1 });
    expect(await failureOf(client.readLoan('L', { requestId: 'mine' }))).toMatchObject({
      code,
      status,
      body: '<h1>No</h1>',
      requestId: 'mine',
    });
  });

  it('with a code of a later day is one that nobody has expected', async () => {
    const { client } = await clientOf([refusing(418, 'TEAPOT')]);
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ code: 'UNEXPECTED_ANSWER', body: { error: 'TEAPOT' } });
  });

  it('of the connection tells its cause, and the call’s own request id', async () => {
    const { client } = await clientOf([ADDED]);
    await server.close();
    const failure = await failureOf(client.readLoan('L', { requestId: 'mine', maxAttempts: 2 }));
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ requestId: 'mine', attempts: 2, retryable: true, cause: expect.any(TypeError) });
  });

  it('comes at once where an answer is longer than anybody wants, and is not asked for again', async () => {
    const endless: Act = (response) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(10_000), () => setImmediate(more)));
      more();
    };
    const { client } = await clientOf([endless], { answerBytesMax: 50_000 });
    expect(await failureOf(client.readLoan('L'))).toMatchObject({ attempts: 1, cause: { name: 'AnswerTooLong' } });
  });

  it('is told once, where everything about the answer was asked for', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { client } = await clientOf([refusing(409, 'CONFLICT')]);
    await expect(client.closeLoan('L').withResponse()).rejects.toThrow('CONFLICT');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('hooks', () => {
  it('are told of every attempt, may add headers but change none, and hear no token and no key', async () => {
    const told: unknown[] = [];
    const { client } = await clientOf([refusing(503, 'SERVICE_UNAVAILABLE'), breaking, ADDED], {
      hooks: {
        onRequest(info) {
          info.headers.set('traceparent', '00-1-2-01');
          info.headers.set('Authorization', 'other');
          told.push(['request', info.attempt, [...info.headers]]);
        },
        onResponse: ({ status, path }) => told.push(['response', status, path]),
        onFailure: ({ error }) => told.push(['failure', error instanceof Error]),
        onRetry: ({ delayMs, operation, method }) => told.push(['retry', delayMs, operation, method]),
      },
    });
    await client.addLenders('L', LENDERS, { idempotencyKey: 'order-17' });
    const headers = [
      ['authorization', 'other'],
      ['traceparent', '00-1-2-01'],
    ];
    expect(told).toEqual([
      ...[
        ['request', 1, headers],
        ['response', 503, '/loans/L/lenders'],
        ['retry', 250, 'addLenders', 'POST'],
      ],
      ...[
        ['request', 2, headers],
        ['failure', true],
        ['retry', 500, 'addLenders', 'POST'],
      ],
      ...[
        ['request', 3, headers],
        ['response', 200, '/loans/L/lenders'],
      ],
    ]);
    expect(sent('traceparent')).toEqual(Array(3).fill('00-1-2-01'));
    expect(sent('authorization')).toEqual(Array(3).fill('Bearer JWT'));
  });

  it('that throw or reject break nothing', async () => {
    const bad = () => {
      throw new Error('a log that is full');
    };
    const hooks = { onRequest: bad, onResponse: () => Promise.reject(new Error('x')), onFailure: bad, onRetry: bad };
    const { client } = await clientOf([breaking, ADDED], { hooks });
    expect(await client.addLenders('L', LENDERS)).toMatchObject({ lenders_added: 1 });
  });
});
