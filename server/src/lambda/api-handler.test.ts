import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../composition/app.ts';
import { readConfig } from '../config/config.ts';
import { type ImportId, parseLoanId } from '../domain/ids.ts';
import { eventBatchesOf } from '../storage/keys.ts';
import { StoreError } from '../storage/store.ts';
import { embeddedMetrics } from '../telemetry/emf.ts';
import { makeLog } from '../telemetry/log.ts';
import { failingStore } from '../testing/app/failing-store.ts';
import { csv, lines } from '../testing/app/import-helpers.ts';
import { lastLine, linesOf } from '../testing/app/log-lines.ts';
import { requireOpenApiConformance } from '../testing/app/openapi-conformance.ts';
import type { Answer } from '../testing/app/response.ts';
import { LOAN, lenders } from '../testing/app/test-app.ts';
import { metricsIn } from '../testing/aws/emf.ts';
import { answered, eventOf, type HttpRequestInit, INVOCATION, SOURCE_IP } from '../testing/aws/http-api-events.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from '../testing/oidc/identity-provider.ts';
import { bearer } from '../testing/oidc/oidc-users.ts';
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

interface Opening {
  readonly fault?: unknown;
  readonly settings?: Record<string, string>;
  readonly queue?: ImportQueue;
}

/** The function as AWS runs it, on a store in memory; `fault` is what opening it meets. */
function openFunction({ fault, settings = {}, queue }: Opening = {}) {
  const { store, fail } = failingStore();
  const logged: string[] = [];
  const log = makeLog({ write: (line) => void logged.push(line) });
  const metrics = embeddedMetrics(Date.now);
  const auth = { issuer: provider.issuer, audience: AUDIENCE, emailClaim: 'email', emailVerifiedClaim: 'email_verified' };
  const config = { ...readConfig({ REQUESTS_PER_SECOND: '0', ...settings }), auth };
  const state = { fault, opened: 0, xRay: undefined as string | undefined };
  const { handler, opened } = lambdaApi({
    log,
    metrics,
    queue,
    xRayHeader: () => state.xRay,
    async open() {
      state.opened += 1;
      if (state.fault !== undefined) throw state.fault;
      return createApp({ config, store, log, metrics });
    },
  });
  const send = async (method: string, target: string, sent: HttpRequestInit = {}): Promise<Answer> => {
    const answer = answered(await handler(eventOf(method, target, sent), INVOCATION));
    requireOpenApiConformance(method, target, answer);
    return answer;
  };
  const asAna = (method: string, target: string, { headers, ...sent }: HttpRequestInit = {}) =>
    send(method, target, { ...sent, headers: { ...bearer(token), ...headers } });
  return { store, fail, logged, state, handler, opened, send, asAna };
}

async function postedLoan(): Promise<string> {
  return (await api.asAna('POST', '/loans', { body: LOAN })).headers.get('Location') ?? '';
}

describe('the function', () => {
  it('adds lenders, once for each key', async () => {
    const path = `${await postedLoan()}/lenders`;
    const sent = { body: { lenders: lenders(3, 5000) }, headers: { 'Idempotency-Key': 'one' } };
    const first = await api.asAna('POST', path, sent);
    const repeat = await api.asAna('POST', path, sent);
    expect([first.status, first.body.lenders_added, first.body.remaining]).toEqual([200, 3, 5000]);
    expect([repeat.text, repeat.headers.get('Idempotency-Replayed')]).toEqual([first.text, 'true']);
    expect(api.state.opened).toBe(1);
  });

  it('takes a body in base64, and tells of one that is none', async () => {
    const raw = Buffer.from(JSON.stringify({ ...LOAN, purpose: 'Zoë’s café' })).toString('base64');
    const headers = { 'Content-Type': 'application/json' };
    const { status, body } = await api.asAna('POST', '/loans', { raw, isBase64Encoded: true, headers });
    expect([status, body.loan?.purpose]).toEqual([201, 'Zoë’s café']);
    const refused = await api.asAna('POST', '/loans', { raw: `${raw}!`, isBase64Encoded: true, headers });
    expect([refused.status, refused.body.error, refused.body.request_id]).toEqual([
      400,
      'VALIDATION_ERROR',
      INVOCATION.awsRequestId,
    ]);
    expect(refused.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it.each([false, true])('refuses a body that is too large, in base64: %s', async (isBase64Encoded) => {
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
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await api.send(method, path)).status).toBe(status);
  });

  it('makes nobody a token, however it is asked', async () => {
    const body = { email: 'eve@example.com' };
    const forwarding = { 'X-Forwarded-For': '', Host: 'localhost' };
    expect((await api.send('POST', '/local/token', { body, headers: forwarding })).status).toBe(404);
  });

  it.each([{}, { headers: {} }, { version: '1.0', httpMethod: 'GET', path: '/', headers: {}, requestContext: {} }])(
    'tells that an event is no request, and does not fall: %j',
    async (event) => {
      const { status, body } = answered(await api.handler(event as never, INVOCATION)); // anybody who may invoke it can send this
      expect([status, body.error]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  it('counts requests by the address that the gateway saw, not by one that the client tells', async () => {
    const limited = openFunction({ settings: { REQUESTS_PER_SECOND: '5' } });
    const left = async (sent: HttpRequestInit) => {
      const { headers } = await limited.send('GET', '/openapi.json', sent);
      return Number(/r=(\d+)/.exec(headers.get('RateLimit') ?? '')?.[1]);
    };
    const told = { headers: { 'X-Forwarded-For': `1.1.1.1, ${SOURCE_IP}` } };
    expect([await left({}), await left(told), await left({ sourceIp: '203.0.113.7' })]).toEqual([9, 8, 9]);
  });
});

describe('a file of lenders', () => {
  const uploads = async (to: ReturnType<typeof openFunction>, key: string) => {
    const path = (await to.asAna('POST', '/loans', { body: LOAN })).headers.get('Location');
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': key };
    const upload = () => to.asAna('POST', `${path}/lenders/imports`, { raw: csv(...lines(2)), headers });
    return [await upload(), await upload()];
  };

  it('is handed on before the function stands still, once, and no other request hands on anything', async () => {
    const sent: unknown[] = [];
    const queue = Promise.withResolvers<void>();
    const send = vi.fn(async (importIds: readonly ImportId[]) => {
      await queue.promise;
      sent.push(...importIds);
    });
    const importing = openFunction({ queue: { send } });
    let isAnswered = false;
    const uploading = uploads(importing, 'one').finally(() => {
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

  it('is taken in whether or not it can be handed on', async () => {
    const importing = openFunction({ queue: { send: () => Promise.reject(new Error('the queue is away')) } });
    const [first] = await uploads(importing, 'one');
    expect(first?.status).toBe(202);
    const told = linesOf(importing).filter(({ level }) => level === 50);
    expect(told).toMatchObject([{ import_ids: [first?.body.import.import_id], err: { message: 'the queue is away' } }]);
    await importing.store.close();
  });
});

describe('the ids of a request', () => {
  it('are the caller’s, or else those of the invocation', async () => {
    const named = await api.send('GET', '/loans', { headers: { 'X-Request-Id': 'mine' } });
    expect([named.headers.get('X-Request-Id'), lastLine(api)['request_id']]).toEqual(['mine', 'mine']);
    for (const headers of [{}, { 'X-Request-Id': 'not one' }]) {
      const answer = await api.send('GET', '/loans', { headers });
      expect(answer.headers.get('X-Request-Id')).toBe(INVOCATION.awsRequestId);
      expect(lastLine(api)['request_id']).toBe(INVOCATION.awsRequestId);
    }
  });

  it.each([
    ['the caller’s trace', { traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, X_RAY, TRACE],
    ['X-Ray’s where the caller has none', {}, X_RAY, X_RAY_TRACE],
    ['X-Ray’s where the caller’s is malformed', { traceparent: '00-nothing-01' }, X_RAY, X_RAY_TRACE],
    ['X-Ray’s by its header where the invocation has none', { 'X-Amzn-Trace-Id': X_RAY }, undefined, X_RAY_TRACE],
    ['no trace where there is none', { 'X-Amzn-Trace-Id': 'none' }, undefined, undefined],
  ])('carry %s into the log and the loan’s history', async (_, headers, xRay, traceId) => {
    api.state.xRay = xRay;
    const { body } = await api.asAna('POST', '/loans', { body: LOAN, headers });
    expect(lastLine(api)['trace_id']).toBe(traceId);
    const loanId = parseLoanId(body.loan.loan_id);
    const [batch] = loanId ? await api.store.list(eventBatchesOf(loanId, 0, 1)) : [];
    expect(batch?.data.requestId).toBe(INVOCATION.awsRequestId);
    expect(batch?.data.traceparent?.split('-')[1]).toBe(traceId);
  });

  it('stand also on the line of a fault outside of any use case', async () => {
    await api.opened;
    api.state.xRay = X_RAY;
    api.fail(new Error('the disk is gone'));
    expect((await api.send('GET', '/health/ready')).status).toBe(500);
    expect(lastLine(api)).toMatchObject({ level: 50, request_id: INVOCATION.awsRequestId, trace_id: X_RAY_TRACE });
  });
});

const OPENING_FAULTS = [
  [new StoreError('unavailable', 'no answer'), 503, 'SERVICE_UNAVAILABLE', 'DatabaseUnavailable', '10'],
  [new StoreError('throttled', 'too many'), 429, 'TOO_MANY_REQUESTS', 'DatabaseThrottled', '5'],
  [new TypeError('STORE is set to page 7'), 500, 'INTERNAL_ERROR', 'UnexpectedError', null],
] as const;

describe('a function that could not be opened', () => {
  it.each(OPENING_FAULTS)(
    'says so in the words of the contract, and counts it: %s',
    async (fault, status, error, type, retryAfter) => {
      const shut = openFunction({ fault });
      await shut.opened;
      expect(lastLine(shut)).toMatchObject({ level: 50, err: { message: fault.message } });
      const headers = { 'X-Request-Id': 'mine', traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
      const answer = await shut.asAna('POST', '/loans/x/lenders', { body: {}, headers });
      expect([answer.status, answer.body.error, answer.headers.get('Retry-After')]).toEqual([status, error, retryAfter]);
      expect([answer.headers.get('X-Request-Id'), answer.body.request_id, answer.body.success]).toEqual(['mine', 'mine', false]);
      expect(answer.text).not.toContain(fault.message);
      expect(lastLine(shut)).toMatchObject({ request_id: 'mine', trace_id: TRACE, err: { message: fault.message } });
      expect(metricsIn(shut.logged.at(-1) ?? '').map(({ metric, dimensions }) => [metric, dimensions])).toEqual([
        ['APILatency', { Endpoint: 'AddLenders', Status: 'Error' }],
        ['APIError', { Endpoint: 'AddLenders', ErrorType: type }],
      ]);
    },
  );

  it('is opened by the next request, and no more after that', async () => {
    const late = openFunction({ fault: new StoreError('unavailable', 'no answer') });
    await late.opened;
    expect((await late.asAna('GET', '/loans')).status).toBe(503);
    late.state.fault = undefined;
    expect((await late.asAna('GET', '/loans')).status).toBe(200);
    expect((await late.asAna('GET', '/loans')).status).toBe(200);
    expect(late.state.opened).toBe(3);
  });

  it('is logged where no use case was asked for, and counted nowhere', async () => {
    const shut = openFunction({ fault: new StoreError('unavailable', 'no answer') });
    await shut.opened;
    expect((await shut.send('GET', '/health/ready')).status).toBe(503);
    const line = lastLine(shut);
    expect(line).toMatchObject({ level: 50, request_id: INVOCATION.awsRequestId, err: { message: 'no answer' } });
    expect(line).not.toHaveProperty('_aws');
  });
});

describe('the log of the function', () => {
  it('never holds an address, a name, a token or a key, and each line is a document of its own', async () => {
    const path = await postedLoan();
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
