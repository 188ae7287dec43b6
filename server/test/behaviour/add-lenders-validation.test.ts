import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import type { TestResponse } from '../../src/testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

/* Validation of requests to add lenders, with the exact error messages. */

let testApp: TestApp;
let borrower: TestUser;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  path = `/loans/${await borrower.postsLoan()}/lenders`;
});

afterEach(() => testApp.close());

const invalid = (...problems: string[]) => ({ status: 400, error: 'VALIDATION_ERROR', problems });

async function expectNoChange(): Promise<void> {
  const { body } = await borrower.get(path.replace('/lenders', ''));
  expect([body.loan.version, body.loan.lender_count]).toEqual([1, 0]);
}

describe('the body of addLenders', () => {
  const sendRaw = (raw: string | Uint8Array, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
    borrower.send('POST', path, { raw, headers });

  it.each([
    ['cut short', '{"lenders":'],
    ['no JSON', 'lenders=ana@example.com'],
    ['a list', '[{"email":"ana@example.com","contribution_amount":1}]'],
    ['a text', '"lenders"'],
    ['null', 'null'],
    ['not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['white space', '  \n'],
    ['very deep', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('reports a single error for a body that is %s', async (_, raw) => {
    const response = await sendRaw(raw);
    expect(requireProblem(response)).toEqual(invalid(' INVALID'));
    expect(response.body.message).toMatch(/^The body /);
  });

  it('reports missing lenders for an empty body', async () => {
    expect(requireProblem(await sendRaw(''))).toEqual(invalid('lenders INVALID'));
  });

  it('accepts a body of 65,536 bytes and no more', async () => {
    const json = JSON.stringify({ lenders: lenders(1, 1) });
    expect((await sendRaw(json + ' '.repeat(65_537 - json.length))).status).toBe(413);
    await expectNoChange();
    expect((await sendRaw(json + ' '.repeat(65_536 - json.length))).status).toBe(200);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.lending+json'])(
    'accepts the media type %s',
    async (type) => {
      expect((await sendRaw(JSON.stringify({ lenders: lenders(1, 1) }), { 'Content-Type': type })).status).toBe(200);
    },
  );

  it('accepts a body without a media type', async () => {
    const raw = new TextEncoder().encode(JSON.stringify({ lenders: lenders(1, 1) }));
    expect((await sendRaw(raw, {})).status).toBe(200);
  });

  it.each(['text/plain', 'text/csv', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'json'])(
    'rejects the media type %s',
    async (type) => {
      const response = await sendRaw(JSON.stringify({ lenders: lenders(1, 1) }), { 'Content-Type': type });
      expect(requireProblem(response)).toEqual({ status: 415, error: 'UNSUPPORTED_MEDIA_TYPE', problems: [] });
    },
  );
});

describe('the token of addLenders', () => {
  const authorized = (authorization?: string) =>
    testApp.send('POST', path, {
      body: { lenders: lenders(1, 1) },
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });

  function expectUnauthorized(response: TestResponse): void {
    expect(requireProblem(response)).toEqual({ status: 401, error: 'UNAUTHORIZED', problems: [] });
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
  }

  it('rejects a missing or malformed token, and other schemes', async () => {
    expectUnauthorized(await authorized());
    for (const value of ['Bearer', 'Bearer x.y.z', `Basic ${borrower.token}`, borrower.token, `Bearer ${borrower.token}x`])
      expectUnauthorized(await authorized(value));
  });

  it('rejects an expired token', async () => {
    expect((await authorized(`Bearer ${borrower.token}`)).status).toBe(200);
    testApp.advance(3_631_000);
    expectUnauthorized(await authorized(`Bearer ${borrower.token}`));
  });

  it('rejects a token without a verified address', async () => {
    const unverified = await testApp.as('borrower@example.com', { email_verified: false });
    const response = await unverified.post(path, { lenders: lenders(1, 1) });
    expect(requireProblem(response)).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });
});

describe('the lenders of addLenders', () => {
  it('reports the errors of all lenders in the order of the request', async () => {
    const response = await borrower.post(
      path,
      {
        lenders: [
          { email: 'borrower@example.com', contribution_amount: 0 },
          { email: 'ana@example.com', contribution_amount: 1, name: 'x'.repeat(81) },
          { email: 'ANA@example.com ', contribution_amount: '1,000' },
          { email: 'Borrower@Example.com', contribution_amount: 1 },
          { email: 'not an address' },
          'ben@example.com',
        ],
      },
      { 'Idempotency-Key': 'a b' },
    );
    expect(requireProblem(response)).toEqual(
      invalid(
        'Idempotency-Key INVALID',
        'lenders[0].email SELF_INVITATION',
        'lenders[0].contribution_amount INVALID',
        'lenders[1].name INVALID',
        'lenders[2].email DUPLICATE_IN_REQUEST',
        'lenders[2].contribution_amount INVALID',
        'lenders[3].email DUPLICATE_IN_REQUEST',
        'lenders[3].email SELF_INVITATION',
        'lenders[4].email INVALID',
        'lenders[4].contribution_amount INVALID',
        'lenders[5] INVALID',
      ),
    );
    await expectNoChange();
  });

  it('reports a single error for more than 20 lenders', async () => {
    const many = [...lenders(20, 0), { email: 'borrower@example.com', contribution_amount: 1 }];
    const response = await borrower.post(path, { lenders: many }, { 'Idempotency-Key': '' });
    expect(requireProblem(response)).toEqual(invalid('lenders TOO_MANY_LENDERS'));
    expect(response.body.message).toBe(
      'Cannot add more than 20 lenders per request. You provided 21 lenders. Please split into multiple requests.',
    );
  });

  it('accepts 1 to 20 lenders', async () => {
    expect(requireProblem(await borrower.post(path, { lenders: [] }))).toEqual(invalid('lenders INVALID'));
    expect(requireProblem(await borrower.post(path, {}))).toEqual(invalid('lenders INVALID'));
    expect((await borrower.post(path, { lenders: lenders(20, 1) })).body.lenders_added).toBe(20);
  });

  it('rejects a repeated address in another spelling', async () => {
    const spellings = [' ana@m\u00fcnchen.example', 'ANA@MU\u0308NCHEN.example', 'ana@xn--mnchen-3ya.example'];
    const response = await borrower.post(path, { lenders: spellings.map((email) => ({ email, contribution_amount: 1 })) });
    expect(requireProblem(response)).toEqual(
      invalid('lenders[1].email DUPLICATE_IN_REQUEST', 'lenders[2].email DUPLICATE_IN_REQUEST'),
    );
  });

  it('accepts addresses that differ in dots or tags, even from the borrower’s', async () => {
    const emails = ['ana.b@example.com', 'anab@example.com', 'ana.b+x@example.com', 'borrower+1@example.com'];
    const { status } = await borrower.post(path, { lenders: emails.map((email) => ({ email, contribution_amount: 1 })) });
    expect(status).toBe(200);
  });

  it('ignores unknown members', async () => {
    const raw =
      '{"lenders":[{"email":"ann0@example.com","contribution_amount":1,"colour":"red","lender_id":"x","status":"accepted"}],' +
      '"loan_id":"x","caller":{"email":"x"},"__proto__":{"lenders":7},"constructor":null}';
    const { body } = await borrower.send('POST', path, { raw, headers: { 'Content-Type': 'application/json' } });
    expect(body.lenders).toMatchObject([{ email: 'ann0@example.com', status: 'pending' }]);
    expect(body.lenders[0]).not.toHaveProperty('colour');
  });
});

describe('business rules of addLenders', () => {
  it('reports all business errors in the order of the request, over-funding last', async () => {
    await borrower.post(path, { lenders: [{ email: 'lender2@example.com', contribution_amount: 5000 }, ...lenders(1, 1000)] });
    const response = await borrower.post(path, {
      lenders: [
        { email: 'new@example.com', contribution_amount: '1.125' },
        { email: 'lender2@example.com', contribution_amount: 13_000 },
        { email: 'ann0@example.com', contribution_amount: '2000.001' },
      ],
    });
    expect(requireProblem(response)).toEqual(
      invalid(
        'lenders[0].contribution_amount INVALID',
        'lenders[1].email DUPLICATE_LENDER',
        'lenders[2].email DUPLICATE_LENDER',
        'lenders[2].contribution_amount INVALID',
        'lenders OVER_FUNDING',
      ),
    );
    expect(response.body.details.at(-1).message).toContain(
      'amount 20000.00 USD, invited 6000.00 USD, requested 15001.126 USD, remaining 14000.00 USD',
    );
  });

  it('rejects an address that was invited before', async () => {
    const lender2 = { lenders: [{ email: 'lender2@example.com', contribution_amount: 1 }] };
    await borrower.post(path, lender2);
    const response = await borrower.post(path, lender2);
    expect(requireProblem(response)).toEqual(invalid('lenders[0].email DUPLICATE_LENDER'));
    expect(response.body.message).toBe('lender2@example.com has already been invited to this loan');
  });

  it('rejects more decimals than the currency has', async () => {
    const yen = `/loans/${await borrower.postsLoan({ currency: 'JPY' })}/lenders`;
    expect(requireProblem(await borrower.post(yen, { lenders: lenders(1, '1.0') }))).toEqual(
      invalid('lenders[0].contribution_amount INVALID'),
    );
    const dinars = `/loans/${await borrower.postsLoan({ currency: 'BHD' })}/lenders`;
    expect((await borrower.post(dinars, { lenders: lenders(1, 1.234) })).body.remaining).toBe(19_998.766);
  });
});

describe('a client that accepts only application/json', () => {
  it('gets the same error body as application/json', async () => {
    const request = { lenders: [] };
    const problem = await borrower.post(path, request, { 'X-Request-Id': 'same' });
    const json = await borrower.post(path, request, { 'X-Request-Id': 'same', Accept: 'application/json' });
    expect(problem.headers.get('Content-Type')).toBe('application/problem+json');
    expect(json.headers.get('Content-Type')).toBe('application/json');
    expect(json.text).toBe(problem.text);
  });
});
