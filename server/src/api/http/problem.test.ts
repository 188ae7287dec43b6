import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode } from '../../domain/errors.ts';
import { parseRequestId } from '../../domain/ids.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import { errorCodes, problemBody } from './problem.ts';

let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

describe('problemResponse', () => {
  it('writes a problem with the members of RFC 9457 and of the earlier system', async () => {
    const { body, headers } = await ana.post('/loans', { ...LOAN, term_months: 0 }, { 'X-Request-Id': 'mine' });
    const message = 'term_months must be a whole number of months from 1 to 480.';
    expect(body).toEqual({
      type: 'urn:private-lending:error:validation-error',
      title: 'Validation error',
      status: 400,
      detail: message,
      success: false,
      error: 'VALIDATION_ERROR',
      message,
      request_id: 'mine',
      retryable: false,
      details: [{ path: 'term_months', code: 'INVALID', message }],
    });
    expect(headers.get('Content-Type')).toBe('application/problem+json');
    expect(headers.has('Retry-After')).toBe(false);
  });

  it('writes the seconds to wait to the body and to Retry-After', async () => {
    const limited = await openTestApp({ config: { invitesPerHour: 1 } });
    const ben = await limited.as('ben@example.com');
    const lenders = ['cleo', 'dan'].map((name) => ({ email: `${name}@example.com`, contribution_amount: 5 }));
    const { status, headers, body } = await ben.post('/loans', { ...LOAN, lenders });
    expect(status).toBe(429);
    expect(body).toMatchObject({ error: 'TOO_MANY_REQUESTS', retryable: true, retry_after: 45 * 60 });
    expect(headers.get('Retry-After')).toBe('2700');
    await limited.close();
  });

  it.each<[string | undefined, string]>([
    [undefined, 'application/problem+json'],
    ['*/*', 'application/problem+json'],
    ['text/html', 'application/problem+json'],
    ['application/json', 'application/json'],
    ['Application/JSON;q=0.9', 'application/json'],
    ['application/json, text/plain', 'application/json'],
    ['application/json, text/plain, */*', 'application/problem+json'],
    ['application/json, application/*', 'application/problem+json'],
    ['application/json, application/problem+json', 'application/problem+json'],
    ['application/json, application/problem+json;q=0', 'application/json'],
    ['application/json, */*;q=0.0', 'application/json'],
    ['application/json, */*;q=0.01', 'application/problem+json'],
  ])('responds to the Accept header %s with the problem type %s', async (accept, type) => {
    const { headers, body } = await ana.get('/loans?limit=0', accept === undefined ? {} : { Accept: accept });
    expect(headers.get('Content-Type')).toBe(type);
    expect(body).toMatchObject({ type: 'urn:private-lending:error:validation-error', error: 'VALIDATION_ERROR' });
  });
});

/** The statuses of the contract. */
const STATUSES: Readonly<Record<ErrorCode, readonly [status: number, retryable: boolean]>> = {
  VALIDATION_ERROR: [400, false],
  UNAUTHORIZED: [401, false],
  FORBIDDEN: [403, false],
  NOT_FOUND: [404, false],
  METHOD_NOT_ALLOWED: [405, false],
  REQUEST_TIMEOUT: [408, true],
  CONFLICT: [409, false],
  PAYLOAD_TOO_LARGE: [413, false],
  UNSUPPORTED_MEDIA_TYPE: [415, false],
  EXPECTATION_FAILED: [417, false],
  IDEMPOTENCY_KEY_REUSED: [422, false],
  UPGRADE_REQUIRED: [426, false],
  TOO_MANY_REQUESTS: [429, true],
  HEADERS_TOO_LARGE: [431, false],
  INTERNAL_ERROR: [500, true],
  SERVICE_UNAVAILABLE: [503, true],
};

describe('problemBody', () => {
  it('covers every error code', () => {
    expect(new Set(errorCodes)).toEqual(new Set(Object.keys(STATUSES)));
  });

  it.each(errorCodes)('maps %s to its status, URN, title and retryability', (code) => {
    const requestId = parseRequestId('mine');
    if (!requestId) throw new Error('a valid request id was rejected');
    const body = problemBody(new DomainError(code, 'UnexpectedError', 'Sorry.'), requestId);
    const [status, retryable] = STATUSES[code];
    expect(body).toMatchObject({ status, retryable, error: code, detail: 'Sorry.', message: 'Sorry.', request_id: 'mine' });
    expect(body.type).toBe(`urn:private-lending:error:${code.toLowerCase().replaceAll('_', '-')}`);
    expect(body.title.toLowerCase().replaceAll(' ', '_')).toBe(code.toLowerCase());
    expect(body).not.toHaveProperty('retry_after');
  });
});

describe('X-Request-Id', () => {
  it.each(['a', 'A-z_0.9', 'x'.repeat(128)])('takes the request id %s from the request', async (id) => {
    const read = await ana.get('/loans', { 'X-Request-Id': id });
    const invalid = await ana.get('/loans?limit=0', { 'X-Request-Id': id });
    const notFound = await ana.get('/nowhere', { 'X-Request-Id': id });
    expect([read, invalid, notFound].map(({ headers }) => headers.get('X-Request-Id'))).toEqual([id, id, id]);
    expect([invalid.body.request_id, notFound.body.request_id]).toEqual([id, id]);
  });

  it.each(['', 'a b', 'a,b', 'first, second', 'ana@example.com', 'é', '../x', '"a"', 'x'.repeat(129)])(
    'generates a request id in place of the invalid %s',
    async (id) => {
      const { headers, body } = await ana.get('/loans?limit=0', { 'X-Request-Id': id });
      expect(headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(body.request_id).toBe(headers.get('X-Request-Id'));
    },
  );

  it('generates a request id for each request without one', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await ana.get('/loans')).headers.get('X-Request-Id')));
    expect(new Set(ids).size).toBe(3);
  });
});
