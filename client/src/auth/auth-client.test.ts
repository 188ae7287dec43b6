import { describe, expect, it } from 'vitest';
import { LendingClient } from '../client.ts';
import { UnauthorizedError } from '../errors.ts';
import type { AuthClientOptions, SessionClientOptions } from '../options.ts';
import { fastClientOptions } from '../testing/fast-client.ts';
import { AuthClient } from './auth-client.ts';

const URL_OF_SERVER = 'https://lending.example.com/base';

/** Responds to each request with the next status, and then with 200. */
function scriptedFetch(...statuses: readonly number[]) {
  const requests: Request[] = [];
  const rest = [...statuses];
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    requests.push(new Request(input, init));
    const status = rest.shift() ?? 200;
    const error = { success: false, error: status === 401 ? 'UNAUTHORIZED' : 'SERVICE_UNAVAILABLE', message: 'm', details: [] };
    return Response.json(status === 200 ? { success: true } : { ...error, retryable: status !== 401 }, { status });
  };
  return { requests, fetch };
}

function authClient(statuses: readonly number[] = [], more: Partial<AuthClientOptions> = {}) {
  const { requests, fetch } = scriptedFetch(...statuses);
  const { token: _, ...options } = fastClientOptions(URL_OF_SERVER).options;
  return { auth: new AuthClient({ ...options, fetch, ...more }), requests };
}

function sessionClient(statuses: readonly number[], more: Partial<SessionClientOptions> = {}) {
  const { requests, fetch } = scriptedFetch(...statuses);
  const { token: _, session: __, ...options } = fastClientOptions(URL_OF_SERVER).options;
  return { lending: new LendingClient({ ...options, session: true, fetch, ...more }), requests };
}

const errorOf = (call: PromiseLike<unknown>) => Promise.resolve(call).catch((error: unknown) => error);
const authHeaders = ({ headers }: Request) => [headers.get('X-Lending-Console'), headers.get('Authorization')];

describe('LendingClient with a session', () => {
  it('sends the header of the console with the cookie of its own origin, and no token', async () => {
    const { lending, requests } = sessionClient([]);
    await lending.readLoan('L');
    await lending.closeLoan('L');
    expect(requests.map(authHeaders)).toEqual([
      ['1', null],
      ['1', null],
    ]);
    expect(requests.map(({ credentials }) => credentials)).toEqual(['same-origin', 'same-origin']);
  });

  it('reports a 401 to onSignedOut, and does not repeat the call', async () => {
    const reports: unknown[] = [];
    const { lending, requests } = sessionClient([401, 200], {
      hooks: { onSignedOut: ({ operation, error }) => reports.push([operation, error.status]) },
    });
    expect(await errorOf(lending.closeLoan('L'))).toBeInstanceOf(UnauthorizedError);
    expect(reports).toEqual([['closeLoan', 401]]);
    expect(requests).toHaveLength(1);
  });

  it('retries what fails temporarily, with the same key', async () => {
    const { lending, requests } = sessionClient([503, 503]);
    await lending.closeLoan('L');
    expect(new Set(requests.map(({ headers }) => headers.get('Idempotency-Key'))).size).toBe(1);
    expect(requests).toHaveLength(3);
  });

  it('has no token', async () => {
    const { lending } = sessionClient([]);
    expect(lending.canRenew).toBe(false);
    await expect(lending.token()).rejects.toThrow("A client of a browser's session has no token.");
  });

  it('rejects a token beside the session', () => {
    const options = { url: URL_OF_SERVER, session: true, token: 'JWT' };
    expect(() => Reflect.construct(LendingClient, [options])).toThrow('options must have token or session, not both.');
    expect(() => new AuthClient(options)).toThrow('options must have token or session, not both.');
  });
});

describe('AuthClient', () => {
  it.each<[string, (auth: AuthClient) => PromiseLike<unknown>, [string, string, object?]]>([
    ['me', (auth) => auth.me(), ['GET', 'auth/me']],
    ['changeName', (auth) => auth.changeName('Ana'), ['PATCH', 'auth/me', { name: 'Ana' }]],
    ['requestCode', (auth) => auth.requestCode('a@example.com'), ['POST', 'auth/email', { email: 'a@example.com' }]],
    [
      'requestCode in a language',
      (auth) => auth.requestCode('a@example.com', { language: 'de' }),
      ['POST', 'auth/email', { email: 'a@example.com', language: 'de' }],
    ],
    [
      'verifyCode',
      (auth) => auth.verifyCode({ challenge: 'C', code: '12345678', name: 'Ana' }),
      ['POST', 'auth/email/verify', { challenge: 'C', code: '12345678', name: 'Ana' }],
    ],
    ['signInLocally', (auth) => auth.signInLocally({ email: 'a@b.c' }), ['POST', 'local/token', { email: 'a@b.c' }]],
    ['signOut', (auth) => auth.signOut(), ['POST', 'auth/logout', {}]],
    ['signOut of all sessions', (auth) => auth.signOut({ everywhere: true }), ['POST', 'auth/logout', { everywhere: true }]],
    ['createFeedTicket', (auth) => auth.createFeedTicket('L'), ['POST', 'auth/feed-tickets', { loan_id: 'L' }]],
  ])('%s sends its request as the console, below the path of the server', async (_, call, [method, path, body]) => {
    const { auth, requests } = authClient();
    await call(auth);
    const [request] = requests;
    expect([request?.method, request?.url]).toEqual([method, `${URL_OF_SERVER}/${path}`]);
    const text = (await request?.text()) ?? '';
    expect(text === '' ? undefined : JSON.parse(text)).toEqual(body);
    expect(requests.map(authHeaders)).toEqual([['1', null]]);
  });

  it.each<[string, (auth: AuthClient) => PromiseLike<unknown>]>([
    ['requestCode, which would send a second mail', (auth) => auth.requestCode('a@example.com')],
    ['verifyCode, which would use up a try', (auth) => auth.verifyCode({ challenge: 'C', code: '12345678' })],
  ])('does not retry %s', async (_, call) => {
    const { auth, requests } = authClient([503]);
    expect(await errorOf(call(auth))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', attempts: 1 });
    expect(requests).toHaveLength(1);
  });

  it.each<[string, (auth: AuthClient) => PromiseLike<unknown>]>([
    ['me', (auth) => auth.me()],
    ['changeName', (auth) => auth.changeName('Ana')],
    ['signInLocally', (auth) => auth.signInLocally({ email: 'a@example.com' })],
    ['signOut', (auth) => auth.signOut()],
    ['createFeedTicket', (auth) => auth.createFeedTicket('L')],
    ['verifyCode where maxAttempts says so', (auth) => auth.verifyCode({ challenge: 'C', code: '1' }, { maxAttempts: 2 })],
  ])('retries %s', async (_, call) => {
    const { auth, requests } = authClient([503]);
    await call(auth);
    expect(requests).toHaveLength(2);
  });

  it('sends neither a token nor the header of the console for a program that is not signed in', async () => {
    const { auth, requests } = authClient([], { session: false });
    await auth.requestCode('a@example.com');
    expect(requests.map(authHeaders)).toEqual([[null, null]]);
  });

  it('sends the token of a program, and another one after a 401', async () => {
    const { auth, requests } = authClient([401], { token: (rejected) => (rejected === 'T1' ? 'T2' : 'T1') });
    await auth.signOut();
    expect(requests.map(authHeaders)).toEqual([
      [null, 'Bearer T1'],
      [null, 'Bearer T2'],
    ]);
  });

  it('links to the sign-in of the server, with the page to return to', () => {
    const { auth } = authClient();
    expect(auth.loginUrl('/app/loans/L?a=1&b')).toBe(`${URL_OF_SERVER}/auth/login?return_to=%2Fapp%2Floans%2FL%3Fa%3D1%26b`);
    expect(auth.loginUrl()).toBe(`${URL_OF_SERVER}/auth/login?return_to=%2F`);
  });
});
