import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { userIdOf } from '../auth/token-verifier.ts';
import { createApp } from '../composition/app.ts';
import { readConfig } from '../config/config.ts';
import { type ImportId, parseLoanId } from '../domain/ids.ts';
import { eventBatchesOf, userContactKey } from '../storage/keys.ts';
import { StoreError } from '../storage/store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { makeLog } from '../telemetry/log.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { bearer } from '../testing/app/http-client.ts';
import { csv, lines } from '../testing/app/import-helpers.ts';
import { lastLine, linesOf } from '../testing/app/log-lines.ts';
import { requireOpenApiConformance } from '../testing/app/openapi-conformance.ts';
import type { TestResponse } from '../testing/app/response.ts';
import { lenders } from '../testing/app/test-app.ts';
import { LOAN } from '../testing/app/test-user.ts';
import { metricsIn } from '../testing/aws/emf.ts';
import { eventOf, type HttpRequestInit, INVOCATION, responseOf, SOURCE_IP } from '../testing/aws/http-api-events.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { lambdaApi } from './api-handler.ts';
import type { ImportQueue } from './import-queue.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const X_RAY = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
const X_RAY_TRACE = '5759e988bd862e3fe1be46a994272793';

let provider: IdentityProvider;
let token: string;
let api: ReturnType<typeof openFunction>;

beforeAll(async () => {
  provider = await startIdentityProvider();
  token = await provider.signIn({ sub: 'ana', email: 'ana@example.com', email_verified: true, name: 'Ana Secret' });
});

afterAll(() => provider.close());

beforeEach(() => {
  api = openFunction();
});

afterEach(() => api.store.close());

interface FunctionOptions {
  /** What opening the app throws. */
  readonly error?: unknown;
  readonly settings?: Record<string, string>;
  readonly queue?: ImportQueue;
}

/** The function on a store in memory. */
function openFunction({ error, settings = {}, queue }: FunctionOptions = {}) {
  const { store, fail, failCommits } = failingStore();
  const logged: string[] = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  const metrics = embeddedMetrics(Date.now);
  const issuer = { AUTH_ISSUER: provider.issuer, AUTH_AUDIENCE: AUDIENCE };
  const config = readConfig({ REQUESTS_PER_SECOND: '0', ...issuer, ...settings });
  const now = Date.now(); // fixed, so that rate limits do not recover on a slow machine
  const state = { error, opened: 0, xRay: undefined as string | undefined };
  const { handler, opened } = lambdaApi({
    log,
    metrics,
    queue,
    xRayHeader: () => state.xRay,
    async open() {
      state.opened += 1;
      if (state.error !== undefined) throw state.error;
      return createApp({ config, store, log, metrics, clock: () => now });
    },
  });
  const send = async (method: string, target: string, init: HttpRequestInit = {}): Promise<TestResponse> => {
    const response = responseOf(await handler(eventOf(method, target, init), INVOCATION));
    requireOpenApiConformance(method, target, response);
    return response;
  };
  const asAna = (method: string, target: string, { headers, ...init }: HttpRequestInit = {}) =>
    send(method, target, { ...init, headers: { ...bearer(token), ...headers } });
  return { store, fail, failCommits, logged, state, handler, opened, send, asAna };
}

async function postLoan(): Promise<string> {
  return (await api.asAna('POST', '/loans', { body: LOAN })).headers.get('Location') ?? '';
}

describe('lambdaApi', () => {
  it('adds lenders once per idempotency key', async () => {
    const path = `${await postLoan()}/lenders`;
    const init = { body: { lenders: lenders(3, 5000) }, headers: { 'Idempotency-Key': 'one' } };
    const first = await api.asAna('POST', path, init);
    const repeat = await api.asAna('POST', path, init);
    expect([first.status, first.body.lenders_added, first.body.remaining]).toEqual([200, 3, 5000]);
    expect([repeat.text, repeat.headers.get('Idempotency-Replayed')]).toEqual([first.text, 'true']);
    expect(api.state.opened).toBe(1);
  });

  it('accepts a body in base64, and rejects invalid base64', async () => {
    const raw = Buffer.from(JSON.stringify({ ...LOAN, purpose: 'Zoë’s café' })).toString('base64');
    const headers = { 'Content-Type': 'application/json' };
    const { status, body } = await api.asAna('POST', '/loans', { raw, isBase64Encoded: true, headers });
    expect([status, body.loan?.purpose]).toEqual([201, 'Zoë’s café']);
    const rejected = await api.asAna('POST', '/loans', { raw: `${raw}!`, isBase64Encoded: true, headers });
    expect([rejected.status, rejected.body.error, rejected.body.request_id]).toEqual([
      400,
      'VALIDATION_ERROR',
      INVOCATION.awsRequestId,
    ]);
    expect(rejected.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it('responds with application/json to a client that accepts only that, also to what is no request', async () => {
    const headers = { Accept: 'application/json' };
    const rejected = await api.send('POST', '/loans', { raw: '!', isBase64Encoded: true, headers });
    expect([rejected.status, rejected.headers.get('Content-Type')]).toEqual([400, 'application/json']);
  });

  it.each([false, true])('rejects a body that is too large, in base64: %s', async (isBase64Encoded) => {
    const text = JSON.stringify({ ...LOAN, purpose: 'x'.repeat(70_000) });
    const raw = isBase64Encoded ? Buffer.from(text).toString('base64') : text;
    const { status, body } = await api.asAna('POST', '/loans', { raw, isBase64Encoded });
    expect([status, body.error]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it.each([
    ['GET', '/nowhere', 404],
    ['PUT', '/loans', 405],
    ['GET', '/health/live', 200],
    ['GET', '/health/ready', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/docs', 200],
    ['GET', '/loans', 401],
    ['GET', '/metrics', 404],
  ])('responds to %s %s with %i', async (method, path, status) => {
    expect((await api.send(method, path)).status).toBe(status);
  });

  it.each(['br', 'gzip'])('sends a page that is compressed with %s to the gateway in base64', async (encoding) => {
    const { handler } = api;
    const event = eventOf('GET', '/docs', { headers: { 'Accept-Encoding': encoding } });
    const { body = '', headers = {}, isBase64Encoded } = await handler(event, INVOCATION);
    const bytes = Buffer.from(body, 'base64');
    expect([isBase64Encoded, headers['content-encoding']]).toEqual([true, encoding]);
    const text = encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes);
    expect(text.toString()).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/);
  });

  it.each([
    ['PUT', '/loans', 'POST, GET, HEAD'],
    ['HEAD', '/loans/x/close', 'POST'],
    ['HEAD', '/graphql', 'POST'],
    ['DELETE', '/health/live', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
  ])('responds 405 to %s %s, and allows %s', async (method, path, allow) => {
    const { statusCode, headers, body } = await api.handler(eventOf(method, path, { headers: bearer(token) }), INVOCATION);
    expect([statusCode, headers?.['allow']]).toEqual([405, allow]);
    expect(body === '').toBe(method === 'HEAD');
  });

  it.each(['/health/live', '/openapi.json', '/docs'])('responds to HEAD %s as to GET, without the body', async (path) => {
    const [head, get] = await Promise.all(['HEAD', 'GET'].map((method) => api.handler(eventOf(method, path), INVOCATION)));
    expect([head?.statusCode, head?.body, head?.headers?.['content-type']]).toEqual([200, '', get?.headers?.['content-type']]);
  });

  it('rejects unknown query parameters of a change, and takes null as left out', async () => {
    const unknown = await api.asAna('POST', '/loans?dry_run=1', { body: LOAN });
    expect([unknown.status, unknown.body.details[0].path]).toEqual([400, 'dry_run']);
    const { status, body } = await api.asAna('POST', '/loans', { body: { ...LOAN, purpose: null, lenders: null, currency: null } });
    expect([status, body.loan.currency]).toEqual([201, 'USD']);
  });

  it('issues no local token, whatever the headers are', async () => {
    const body = { email: 'eve@example.com' };
    const forwarding = { 'X-Forwarded-For': '', Host: 'localhost' };
    expect((await api.send('POST', '/local/token', { body, headers: forwarding })).status).toBe(404);
  });

  it.each([{}, { headers: {} }, { version: '1.0', httpMethod: 'GET', path: '/', headers: {}, requestContext: {} }])(
    'responds with 400 to an event that is no HTTP request: %j',
    async (event) => {
      // Everyone who may invoke the function can send this.
      const { status, body } = responseOf(await api.handler(event as never, INVOCATION));
      expect([status, body.error]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  it('limits requests by the address that the gateway saw, not by a header of the client', async () => {
    const limited = openFunction({ settings: { REQUESTS_PER_SECOND: '5' } });
    const remaining = async (init: HttpRequestInit) => {
      const { headers } = await limited.send('GET', '/openapi.json', init);
      return Number(/r=(\d+)/.exec(headers.get('RateLimit') ?? '')?.[1]);
    };
    const forwarded = { headers: { 'X-Forwarded-For': `1.1.1.1, ${SOURCE_IP}` } };
    expect([await remaining({}), await remaining(forwarded), await remaining({ sourceIp: '203.0.113.7' })]).toEqual([9, 8, 9]);
  });
});

describe('lambdaApi contacts', () => {
  it('records the address of a user before it responds, once, and responds also where it can’t', async () => {
    const userId = userIdOf(provider.issuer, 'ana');
    const stored = async () => (await api.store.get([userContactKey(userId)]))[0];
    expect((await api.asAna('GET', '/loans')).status).toBe(200);
    const first = await stored();
    expect(first?.data.email).toBe('ana@example.com');
    await api.asAna('GET', '/loans');
    expect((await stored())?.version).toBe(first?.version);
    const other = openFunction();
    await other.opened;
    other.failCommits('unavailable');
    expect((await other.asAna('GET', '/loans')).status).toBe(200);
    expect(other.logged.join()).toContain('recording a user’s address failed');
    await other.store.close();
  });
});

describe('lambdaApi imports', () => {
  const uploadTwice = async (to: ReturnType<typeof openFunction>, key: string) => {
    const path = (await to.asAna('POST', '/loans', { body: LOAN })).headers.get('Location');
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': key };
    const upload = () => to.asAna('POST', `${path}/lenders/imports`, { raw: csv(...lines(2)), headers });
    return [await upload(), await upload()];
  };

  it('queues an import once, before the response', async () => {
    const sent: unknown[] = [];
    const queue = Promise.withResolvers<void>();
    const send = vi.fn(async (importIds: readonly ImportId[]) => {
      await queue.promise;
      sent.push(...importIds);
    });
    const importing = openFunction({ queue: { send } });
    let isAnswered = false;
    const uploading = uploadTwice(importing, 'one').finally(() => {
      isAnswered = true;
    });
    await vi.waitFor(() => expect(send).toHaveBeenCalled());
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(isAnswered).toBe(false);
    queue.resolve();
    const [first, repeat] = await uploading;
    expect([first?.status, repeat?.text]).toEqual([202, first?.text]);
    expect(sent).toEqual([first?.body.import.import_id]);
    await importing.store.close();
  });

  it('rejects an import with an unknown query parameter', async () => {
    const request = { raw: csv(...lines(2)), headers: { 'Content-Type': 'text/csv' } };
    const { status, body } = await api.asAna('POST', `${await postLoan()}/lenders/imports?dryrun=true`, request);
    expect([status, body.details.map(({ path }: { path: string }) => path)]).toEqual([400, ['dryrun']]);
  });

  it('accepts an import that it cannot queue, and logs that', async () => {
    const importing = openFunction({ queue: { send: () => Promise.reject(new Error('the queue is down')) } });
    const [first] = await uploadTwice(importing, 'one');
    expect(first?.status).toBe(202);
    const errors = linesOf(importing).filter(({ level }) => level === 50);
    expect(errors).toMatchObject([{ import_ids: [first?.body.import.import_id], err: { message: 'the queue is down' } }]);
    await importing.store.close();
  });
});

describe('lambdaApi request ids and traces', () => {
  it('uses the request id of the client, else that of the invocation', async () => {
    const sent = await api.send('GET', '/loans', { headers: { 'X-Request-Id': 'mine' } });
    expect([sent.headers.get('X-Request-Id'), lastLine(api)['request_id']]).toEqual(['mine', 'mine']);
    for (const headers of [{}, { 'X-Request-Id': 'not one' }]) {
      const response = await api.send('GET', '/loans', { headers });
      expect(response.headers.get('X-Request-Id')).toBe(INVOCATION.awsRequestId);
      expect(lastLine(api)['request_id']).toBe(INVOCATION.awsRequestId);
    }
  });

  it.each([
    ['the trace of the client', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, X_RAY, TRACE],
    ['the trace of X-Ray if the client sends none', {}, X_RAY, X_RAY_TRACE],
    ['the trace of X-Ray if that of the client is malformed', { traceparent: '00-nothing-01' }, X_RAY, X_RAY_TRACE],
    ['the trace of the X-Ray header if the invocation has none', { 'X-Amzn-Trace-Id': X_RAY }, undefined, X_RAY_TRACE],
    ['no trace if there is none', { 'X-Amzn-Trace-Id': 'none' }, undefined, undefined],
  ])('passes %s to the log and to the loan’s events', async (_, headers, xRay, traceId) => {
    api.state.xRay = xRay;
    const { body } = await api.asAna('POST', '/loans', { body: LOAN, headers });
    expect(lastLine(api)['trace_id']).toBe(traceId);
    const loanId = parseLoanId(body.loan.loan_id);
    const [batch] = loanId ? await api.store.list(eventBatchesOf(loanId, 0, 1)) : [];
    expect(batch?.data.requestId).toBe(INVOCATION.awsRequestId);
    expect(batch?.data.traceparent?.split('-')[1]).toBe(traceId);
  });

  it('logs both with an error outside of use cases', async () => {
    await api.opened;
    api.state.xRay = X_RAY;
    api.fail(new Error('the disk is gone'));
    expect((await api.send('GET', '/health/ready')).status).toBe(503);
    expect(lastLine(api)).toMatchObject({ level: 50, request_id: INVOCATION.awsRequestId, trace_id: X_RAY_TRACE });
  });
});

const OPENING_ERRORS = [
  [new StoreError('unavailable', 'no response'), 503, 'SERVICE_UNAVAILABLE', 'DatabaseUnavailable', '10'],
  [new StoreError('throttled', 'too many'), 429, 'TOO_MANY_REQUESTS', 'DatabaseThrottled', '5'],
  [new TypeError('STORE is set to page 7'), 500, 'INTERNAL_ERROR', 'UnexpectedError', null],
] as const;

describe('lambdaApi that could not be opened', () => {
  it.each(OPENING_ERRORS)(
    'responds with the error of the contract, and counts it: %s',
    async (cause, status, error, type, retryAfter) => {
      const closed = openFunction({ error: cause });
      await closed.opened;
      expect(lastLine(closed)).toMatchObject({ level: 50, err: { message: cause.message } });
      const headers = { 'X-Request-Id': 'mine', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
      const response = await closed.asAna('POST', '/loans/x/lenders', { body: {}, headers });
      expect([response.status, response.body.error, response.headers.get('Retry-After')]).toEqual([status, error, retryAfter]);
      expect([response.headers.get('X-Request-Id'), response.body.request_id, response.body.success]).toEqual([
        'mine',
        'mine',
        false,
      ]);
      expect(response.text).not.toContain(cause.message);
      expect(lastLine(closed)).toMatchObject({ request_id: 'mine', trace_id: TRACE, err: { message: cause.message } });
      expect(metricsIn(closed.logged.at(-1) ?? '').map(({ metric, dimensions }) => [metric, dimensions])).toEqual([
        ['APILatency', { Endpoint: 'AddLenders', Status: 'Error' }],
        ['APIError', { Endpoint: 'AddLenders', ErrorType: type }],
      ]);
    },
  );

  it('is opened by the next request, and only once', async () => {
    const retried = openFunction({ error: new StoreError('unavailable', 'no response') });
    await retried.opened;
    expect((await retried.asAna('GET', '/loans')).status).toBe(503);
    retried.state.error = undefined;
    expect((await retried.asAna('GET', '/loans')).status).toBe(200);
    expect((await retried.asAna('GET', '/loans')).status).toBe(200);
    expect(retried.state.opened).toBe(3);
  });

  it.each([
    ['POST', '/graphql', 'GraphQL'],
    ['POST', '/mail/decline', 'DeclineByMail'],
    ['POST', '/mail/invitation', 'ReadInvitationOfMail'],
    ['POST', '/mail/opt-out', 'OptOutOfMail'],
    ['DELETE', '/mail/opt-out', 'ResumeMail'],
  ])('counts a failed %s %s, so that alarms see it', async (method, path, endpoint) => {
    const closed = openFunction({ error: new StoreError('unavailable', 'no response') });
    await closed.opened;
    await closed.handler(eventOf(method, path, { body: {} }), INVOCATION);
    expect(metricsIn(closed.logged.at(-1) ?? '').map(({ metric, dimensions }) => [metric, dimensions])).toEqual([
      ['APILatency', { Endpoint: endpoint, Status: 'Error' }],
      ['APIError', { Endpoint: endpoint, ErrorType: 'DatabaseUnavailable' }],
    ]);
  });

  it('logs a failed request outside of use cases, without counting it', async () => {
    const closed = openFunction({ error: new StoreError('unavailable', 'no response') });
    await closed.opened;
    expect((await closed.send('GET', '/health/ready')).status).toBe(503);
    const line = lastLine(closed);
    expect(line).toMatchObject({ level: 50, request_id: INVOCATION.awsRequestId, err: { message: 'no response' } });
    expect(line).not.toHaveProperty('_aws');
  });
});

describe('lambdaApi log', () => {
  it('never has an address, a name, a token or an idempotency key, and has metrics on each line', async () => {
    const path = await postLoan();
    const keyed = { 'Idempotency-Key': 'a-secret-key' };
    const body = { lenders: lenders(1, 5, 'friend') };
    const twice = [
      await api.asAna('POST', `${path}/lenders`, { body, headers: keyed }),
      await api.asAna('POST', `${path}/lenders`, { body }),
    ];
    const others = [
      await api.asAna('GET', '/loans/friend@example.com'),
      await api.send('GET', '/loans', { headers: bearer('a.b.secret') }),
    ];
    api.fail('unavailable');
    const failed = await api.asAna('POST', '/loans', { body: LOAN, headers: keyed });
    expect([...twice, ...others, failed].map(({ status }) => status)).toEqual([200, 400, 404, 401, 503]);
    expect(linesOf(api)).toHaveLength(6);
    for (const line of api.logged) expect(metricsIn(line).length).toBeGreaterThan(0);
    const secrets = ['@', '%40', 'Ana Secret', 'a-secret-key', 'a.b.secret', SOURCE_IP, ...token.split('.')];
    expect(secrets.filter((secret) => api.logged.join('').includes(secret))).toEqual([]);
  });
});
