import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LendingClient } from './client.ts';
import { followImport } from './follow-import.ts';
import * as client from './index.ts';
import type { ClientOptions } from './options.ts';

const BASE = { url: 'https://api.example.com', token: 'SECRET-TOKEN', maxAttempts: 1 } as const;

const problemResponse = (status: number, error: string, headers: Record<string, string> = {}) => {
  const problem = { success: false, error, message: `it is ${error}`, details: [], request_id: 'R', retryable: false };
  return Response.json(problem, { status, headers: { 'X-Request-Id': 'R', ...headers } });
};

async function errorOf(fetch: typeof globalThis.fetch, options: Partial<ClientOptions> = {}): Promise<client.LendingError> {
  const lending = new LendingClient({ ...BASE, fetch, ...options });
  const error = await lending.closeLoan('L', { idempotencyKey: 'SECRET-KEY' }).catch((thrown: unknown) => thrown);
  if (error instanceof client.LendingError) return error;
  throw new Error(`not a LendingError: ${error}`);
}

const refuse: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));
const hang: typeof fetch = () => new Promise(() => {});

describe('LendingError', () => {
  it.each([
    [400, 'VALIDATION_ERROR', 'ValidationError'],
    [401, 'UNAUTHORIZED', 'UnauthorizedError'],
    [403, 'FORBIDDEN', 'ForbiddenError'],
    [404, 'NOT_FOUND', 'NotFoundError'],
    [409, 'CONFLICT', 'ConflictError'],
    [422, 'IDEMPOTENCY_KEY_REUSED', 'IdempotencyKeyReusedError'],
    [429, 'TOO_MANY_REQUESTS', 'RateLimitError'],
    [503, 'SERVICE_UNAVAILABLE', 'ServiceUnavailableError'],
    [413, 'PAYLOAD_TOO_LARGE', 'ApiError'],
    [500, 'INTERNAL_ERROR', 'ApiError'],
  ])('is of the class of its kind: %i %s is %s', async (status, code, name) => {
    const error = await errorOf(async () => problemResponse(status, code));
    expect(error).toBeInstanceOf(Reflect.get(client, name));
    expect(error).toBeInstanceOf(client.ApiError);
    expect(error).toMatchObject({ name, status, code });
    expect(String(error)).toBe(`${name} [${status} ${code}]: it is ${code} (request R)`);
    expect(error.stack).toMatch(new RegExp(`^${name}: it is ${code}\n`));
  });

  it.each([
    ['a failed connection', refuse, {}, 'ConnectionError', 'CONNECTION_FAILED', 'The connection failed.'],
    ['a passed deadline', hang, { deadlineMs: 20 }, 'DeadlineError', 'DEADLINE_EXCEEDED', 'No response within 20 ms.'],
  ] as const)('has a code and no status after %s', async (_, fetch, options, name, code, message) => {
    const error = await errorOf(fetch, { ...options, newId: () => 'ID' });
    expect(error).toMatchObject({ name, code, status: undefined, headers: undefined, requestId: 'ID' });
    expect(String(error)).toBe(`${name} [${code}]: ${message} (request ID)`);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code, requestId: 'ID' }); // as logs have it
  });

  it('has the code CIRCUIT_OPEN while the circuit breaker is open', async () => {
    const lending = new LendingClient({ ...BASE, fetch: refuse, breakerFailuresMax: 1 });
    await lending.readLoan('L').catch(() => {});
    await expect(lending.readLoan('L')).rejects.toMatchObject({ name: 'CircuitOpenError', code: 'CIRCUIT_OPEN' });
  });

  it('has the headers of the response, also if it was cut off', async () => {
    const headers = { 'X-RateLimit-Remaining': '7' };
    const rejected = await errorOf(async () => problemResponse(409, 'CONFLICT', headers));
    const cutOff = await errorOf(async () => new Response('{', { headers }));
    for (const error of [rejected, cutOff]) expect(error.headers?.get('x-ratelimit-remaining')).toBe('7');
    expect(cutOff).toMatchObject({ name: 'ConnectionError', status: 200, cause: expect.any(SyntaxError) });
  });

  it('prints no token, key or cookie', async () => {
    const cookie = { 'Set-Cookie': 'session=SECRET-COOKIE' };
    const errors = [await errorOf(async () => problemResponse(409, 'CONFLICT', cookie)), await errorOf(refuse)];
    for (const error of errors) {
      expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${error} ${error.stack}`).not.toContain('SECRET');
    }
    expect(inspect(new LendingClient(BASE), { depth: 9, showHidden: true })).not.toContain('SECRET');
  });

  it('is thrown for pages that never end, with the request id', async () => {
    const page = { success: true, loans: [{ loan_id: 'L' }], next_cursor: 'same' };
    const fetch = async () => Response.json(page, { headers: { 'X-Request-Id': 'R' } });
    const list = new LendingClient({ ...BASE, fetch }).listLoans({ cursor: 'same' });
    await expect(list.toArray({ limit: 10 })).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE', status: 200, requestId: 'R' });
  });

  it('ends followImport with the class of its kind', async () => {
    const lending = new LendingClient({ ...BASE, fetch: async () => problemResponse(404, 'NOT_FOUND') });
    await expect(followImport(lending, 'L', 'I').next()).rejects.toBeInstanceOf(client.NotFoundError);
  });
});
