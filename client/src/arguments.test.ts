import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LendingClient } from './client.ts';
import { watchLoan } from './feed/watch-loan.ts';
import { followImport } from './follow-import.ts';

/* Arguments of callers in JavaScript, whom no type checker protects: `untyped` is called with what the types forbid. */

type Method = Exclude<keyof LendingClient, 'canRenew' | 'random' | 'session' | 'token' | 'url'>;

function createClient() {
  const requests: Request[] = [];
  const lending = new LendingClient({
    url: 'https://api.example.com',
    token: 'JWT',
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return Response.json({ success: true, loans: [], next_cursor: null });
    },
  });
  const untyped = async (method: Method, ...args: unknown[]): Promise<unknown> =>
    await Reflect.apply(Reflect.get(lending, method), lending, args);
  return { lending, requests, untyped };
}

const TERMS = { amount: 1, interest_rate: 0, term_months: 1 };

describe('arguments of calls', () => {
  it.each<[Method, readonly unknown[], string]>([
    ['readLoan', [undefined], 'loanId must be an id, not undefined.'],
    ['readLoan', [{ loan_id: 'L' }], 'loanId must be an id, not an Object.'],
    ['readLoan', [17], 'loanId must be an id, not a number.'],
    ['changeLender', ['L', '', { contribution_amount: 1 }], 'lenderId must be an id, not "".'],
    ['revokeLender', ['L', '..'], 'lenderId must be an id, not "..".'],
    ['listLenders', [null], 'loanId must be an id, not null.'],
    ['exportImportRows', ['L'], 'importId must be an id, not undefined.'],
    ['createLoan', [], 'body must be an object, not undefined.'],
    ['addLenders', ['L', [{ email: 'ben@example.com' }]], 'body must be an object, not an array.'],
    ['addLenders', ['L', { lenders: 1n }], 'body can not be written as JSON'],
    ['importLenders', ['L', undefined], 'csv must be a string, a Uint8Array or a Blob, not undefined.'],
    ['importLenders', ['L', new ReadableStream()], 'csv must be a string, a Uint8Array or a Blob, not a ReadableStream.'],
    ['importLenders', ['L', 'email\n', 'per_row'], 'query must be an object, not a string.'],
    ['listLoans', [{ limit: 0 }], 'limit must be a whole number from 1 to 100, not 0.'],
    ['listLenders', ['L', { limit: 101 }], 'limit must be a whole number from 1 to 100, not 101.'],
    ['listLenders', ['L', { limit: 1.5 }], 'limit must be a whole number from 1 to 100, not 1.5.'],
    ['listLoans', ['lender'], 'query must be an object, not a string.'],
    ['closeLoan', ['L', 'order-17'], 'options must be an object, not a string.'],
    ['closeLoan', ['L', { idempotency_key: 'order-17' }], 'options.idempotency_key does not exist. The options are signal, '],
    ['acceptInvitation', ['L', { contribution_amount: 17 }], 'options.contribution_amount does not exist.'],
    ['closeLoan', ['L', { idempotencyKey: 17 }], 'idempotencyKey must be a string, not a number.'],
    ['closeLoan', ['L', { idempotencyKey: '' }], 'idempotencyKey must be 1 to 255 visible ASCII characters or spaces; it has 0.'],
    ['closeLoan', ['L', { idempotencyKey: 'k'.repeat(256) }], 'it has 256.'],
    ['closeLoan', ['L', { idempotencyKey: 'or\nder' }], 'character 3 is not one.'],
    ['closeLoan', ['L', { idempotencyKey: 'ordé' }], 'character 4 is not one.'],
    ['closeLoan', ['L', { requestId: 'a b' }], 'requestId must be 1 to 128 characters of A-Z a-z 0-9 . _ -'],
    ['closeLoan', ['L', { signal: new AbortController() }], 'signal must be an AbortSignal, not an AbortController.'],
    ['closeLoan', ['L', { deadlineMs: 'soon' }], 'deadlineMs must be above 0'],
    [
      'closeLoan',
      ['L', { headers: { authorization: 'Bearer other' } }],
      "headers must not contain authorization, which the client's token",
    ],
    ['closeLoan', ['L', { headers: [['X-Idempotency-Key', 'k']] }], 'which the idempotencyKey option sets.'],
    ['closeLoan', ['L', { headers: { 'X-Request-Id': 'k' } }], 'which the requestId option sets.'],
    ['closeLoan', ['L', { headers: { 'X-Secret': 'a\nSECRET' } }], 'headers must be names with values of visible characters'],
  ])('%s rejects an invalid argument with its name, %o: %s', async (method, args, message) => {
    const { untyped, requests } = createClient();
    const error = await untyped(method, ...args).catch((thrown: unknown) => thrown);
    expect(['TypeError', 'RangeError']).toContain(error instanceof Error ? error.name : undefined);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('SECRET');
    expect(requests).toEqual([]);
  });

  it('are rejected by watchLoan and followImport too, before anything is sent', async () => {
    const { lending, requests } = createClient();
    const never: never[] = [];
    await expect(watchLoan(lending, '').next()).rejects.toThrow('loanId must be an id, not "".');
    await expect(Reflect.apply(watchLoan, undefined, [lending, 'L', { signal: {} }]).next()).rejects.toThrow('signal must be');
    await expect(Reflect.apply(watchLoan, undefined, [lending, 'L', { webSocket: 1 }]).next()).rejects.toThrow('webSocket must be');
    await expect(followImport(lending, 'L', '').next()).rejects.toThrow('importId must be an id, not "".');
    await expect(followImport(lending, 'L', 'I', { everyMs: 0 }).next()).rejects.toThrow('everyMs must be above 0');
    expect(requests).toEqual(never);
  });

  it('take a signal of another realm, as test runners have it', async () => {
    const { lending, requests } = createClient();
    const { signal } = new AbortController();
    const members = {
      aborted: signal.aborted,
      add: signal.addEventListener.bind(signal),
      remove: signal.removeEventListener.bind(signal),
    };
    const foreign: AbortSignal = runInNewContext('({ aborted, addEventListener: add, removeEventListener: remove })', members);
    expect(foreign).not.toBeInstanceOf(Object);
    await lending.listLoans({}, { signal: foreign });
    expect(requests).toHaveLength(1);
  });

  it('of acceptInvitation name the amount in the body, and are its options otherwise', async () => {
    const { lending, requests } = createClient();
    await lending.acceptInvitation('L', { contributionAmount: '49.90', idempotencyKey: 'K' });
    await lending.acceptInvitation('L');
    expect(requests.map(({ headers }) => headers.get('Idempotency-Key'))).toEqual(['K', expect.not.stringMatching('^K$')]);
    expect(await Promise.all(requests.map((request) => request.text()))).toEqual(['{"contribution_amount":"49.90"}', '']);
  });

  it('that are null in a query are left out, as undefined ones are', async () => {
    const { untyped, requests } = createClient();
    await untyped('listLoans', { limit: null, role: undefined, cursor: null });
    expect(requests.map(({ url }) => url)).toEqual(['https://api.example.com/loans']);
  });
});

describe('idempotencyKey', () => {
  it.each([
    ['order-17', 'order-17'],
    ['order 17', '"order 17"'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ['"quoted"', '"\\"quoted\\""'],
  ])('%s is sent as %s', async (idempotencyKey, sent) => {
    const { lending, requests } = createClient();
    await lending.createLoan(TERMS, { idempotencyKey });
    expect(requests[0]?.headers.get('Idempotency-Key')).toBe(sent);
  });
});

describe('headers of a call', () => {
  it('are sent with reads and changes, and to every page', async () => {
    const { lending, requests } = createClient();
    const headers = { traceparent: '00-1-2-01', 'X-Tenant': 't' };
    await lending.listLoans({}, { headers });
    await lending.createLoan(TERMS, { headers: new Headers(headers) });
    for (const request of requests) {
      expect(request.headers.get('traceparent')).toBe('00-1-2-01');
      expect(request.headers.get('x-tenant')).toBe('t');
      expect(request.headers.get('authorization')).toBe('Bearer JWT');
    }
  });
});

describe('new LendingClient', () => {
  it.each<[unknown, string]>([
    [undefined, 'options must be an object with url and token, not undefined.'],
    [{ token: 'JWT' }, 'url must be absolute, such as https://lending.example.com'],
    [{ url: 'api.example.com', token: 'JWT' }, 'url must be absolute'],
    [{ url: 'localhost:3000', token: 'JWT' }, 'url must begin with https:// or http://, not localhost:'],
    [{ url: '//me:SECRET@api', token: 'JWT' }, 'url must be absolute'],
    [{ url: 'https://api.example.com' }, 'token must be a JWT or a function that returns one, not undefined.'],
    [{ url: 'https://api.example.com', token: '' }, 'token must be a JWT or a function that returns one, not empty.'],
    [{ url: 'https://api.example.com', token: { jwt: 'SECRET' } }, 'not an Object.'],
  ])('rejects %j, with the name of the option', (options, message) => {
    let error: unknown;
    try {
      Reflect.construct(LendingClient, [options]);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('SECRET');
  });
});
