import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireProblem } from '../../src/testing/app/problem-assertions.ts';
import { type Answer, lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

/* What a request to add lenders can do wrong, in the words in which it is told. */

let testApp: TestApp;
let borrower: Person;
let path: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  path = `/loans/${await borrower.postsLoan()}/lenders`;
});

afterEach(() => testApp.close());

const invalid = (...problems: string[]) => ({ status: 400, error: 'VALIDATION_ERROR', problems });

async function nothingChanged(): Promise<void> {
  const { body } = await borrower.get(path.replace('/lenders', ''));
  expect([body.loan.version, body.loan.lender_count]).toEqual([1, 0]);
}

describe('a body', () => {
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
  ])('that is %s is refused alone', async (_what, raw) => {
    const answer = await sendRaw(raw);
    expect(requireProblem(answer)).toEqual(invalid(' INVALID'));
    expect(answer.body.message).toMatch(/^The body /);
  });

  it('that is empty lacks its lenders', async () => {
    expect(requireProblem(await sendRaw(''))).toEqual(invalid('lenders INVALID'));
  });

  it('may have 65,536 bytes, and not one more', async () => {
    const json = JSON.stringify({ lenders: lenders(1, 1) });
    expect((await sendRaw(json + ' '.repeat(65_537 - json.length))).status).toBe(413);
    await nothingChanged();
    expect((await sendRaw(json + ' '.repeat(65_536 - json.length))).status).toBe(200);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.lending+json'])(
    'is taken as %s',
    async (type) => {
      expect((await sendRaw(JSON.stringify({ lenders: lenders(1, 1) }), { 'Content-Type': type })).status).toBe(200);
    },
  );

  it('is taken without a media type', async () => {
    const raw = new TextEncoder().encode(JSON.stringify({ lenders: lenders(1, 1) }));
    expect((await sendRaw(raw, {})).status).toBe(200);
  });

  it.each(['text/plain', 'text/csv', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'json'])(
    'is not taken as %s',
    async (type) => {
      const answer = await sendRaw(JSON.stringify({ lenders: lenders(1, 1) }), { 'Content-Type': type });
      expect(requireProblem(answer)).toEqual({ status: 415, error: 'UNSUPPORTED_MEDIA_TYPE', problems: [] });
    },
  );
});

describe('a token', () => {
  const authorized = (authorization?: string) =>
    testApp.send('POST', path, {
      body: { lenders: lenders(1, 1) },
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });

  function expectUnauthorized(answer: Answer): void {
    expect(requireProblem(answer)).toEqual({ status: 401, error: 'UNAUTHORIZED', problems: [] });
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer');
  }

  it('that is missing, of another kind, or made up is refused', async () => {
    expectUnauthorized(await authorized());
    for (const value of ['Bearer', 'Bearer x.y.z', `Basic ${borrower.token}`, borrower.token, `Bearer ${borrower.token}x`])
      expectUnauthorized(await authorized(value));
  });

  it('that has expired is refused', async () => {
    expect((await authorized(`Bearer ${borrower.token}`)).status).toBe(200);
    testApp.advance(3_631_000);
    expectUnauthorized(await authorized(`Bearer ${borrower.token}`));
  });

  it('whose address is not verified is refused', async () => {
    const unverified = await testApp.as('borrower@example.com', { email_verified: false });
    const answer = await unverified.post(path, { lenders: lenders(1, 1) });
    expect(requireProblem(answer)).toEqual({ status: 403, error: 'FORBIDDEN', problems: [] });
  });
});

describe('the lenders of a request', () => {
  it('are all looked at, and every problem is told in their order', async () => {
    const answer = await borrower.post(
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
    expect(requireProblem(answer)).toEqual(
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
    await nothingChanged();
  });

  it('that are too many are told alone, and to the letter', async () => {
    const many = [...lenders(20, 0), { email: 'borrower@example.com', contribution_amount: 1 }];
    const answer = await borrower.post(path, { lenders: many }, { 'Idempotency-Key': '' });
    expect(requireProblem(answer)).toEqual(invalid('lenders TOO_MANY_LENDERS'));
    expect(answer.body.message).toBe(
      'Cannot add more than 20 lenders per request. You provided 21 lenders. Please split into multiple requests.',
    );
  });

  it('are 1 to 20', async () => {
    expect(requireProblem(await borrower.post(path, { lenders: [] }))).toEqual(invalid('lenders INVALID'));
    expect(requireProblem(await borrower.post(path, {}))).toEqual(invalid('lenders INVALID'));
    expect((await borrower.post(path, { lenders: lenders(20, 1) })).body.lenders_added).toBe(20);
  });

  it('do not name an address twice, in whatever spelling', async () => {
    const spellings = [' ana@m\u00fcnchen.example', 'ANA@MU\u0308NCHEN.example', 'ana@xn--mnchen-3ya.example'];
    const answer = await borrower.post(path, { lenders: spellings.map((email) => ({ email, contribution_amount: 1 })) });
    expect(requireProblem(answer)).toEqual(
      invalid('lenders[1].email DUPLICATE_IN_REQUEST', 'lenders[2].email DUPLICATE_IN_REQUEST'),
    );
  });

  it('are other people where dots or tags differ, the borrower’s tags included', async () => {
    const emails = ['ana.b@example.com', 'anab@example.com', 'ana.b+x@example.com', 'borrower+1@example.com'];
    const { status } = await borrower.post(path, { lenders: emails.map((email) => ({ email, contribution_amount: 1 })) });
    expect(status).toBe(200);
  });

  it('may have members that nobody knows', async () => {
    const raw =
      '{"lenders":[{"email":"ann0@example.com","contribution_amount":1,"colour":"red","lender_id":"x","status":"accepted"}],' +
      '"loan_id":"x","caller":{"email":"x"},"__proto__":{"lenders":7},"constructor":null}';
    const { body } = await borrower.send('POST', path, { raw, headers: { 'Content-Type': 'application/json' } });
    expect(body.lenders).toMatchObject([{ email: 'ann0@example.com', status: 'pending' }]);
    expect(body.lenders[0]).not.toHaveProperty('colour');
  });
});

describe('what the loan refuses', () => {
  it('is told all together, in the order of the request, over-funding last', async () => {
    await borrower.post(path, { lenders: [{ email: 'lender2@example.com', contribution_amount: 5000 }, ...lenders(1, 1000)] });
    const answer = await borrower.post(path, {
      lenders: [
        { email: 'new@example.com', contribution_amount: '1.125' },
        { email: 'lender2@example.com', contribution_amount: 13_000 },
        { email: 'ann0@example.com', contribution_amount: '2000.001' },
      ],
    });
    expect(requireProblem(answer)).toEqual(
      invalid(
        'lenders[0].contribution_amount INVALID',
        'lenders[1].email DUPLICATE_LENDER',
        'lenders[2].email DUPLICATE_LENDER',
        'lenders[2].contribution_amount INVALID',
        'lenders OVER_FUNDING',
      ),
    );
    expect(answer.body.details.at(-1).message).toContain(
      'amount 20000.00 USD, invited 6000.00 USD, requested 15001.126 USD, remaining 14000.00 USD',
    );
  });

  it('is an address that was invited before, to the letter', async () => {
    const lender2 = { lenders: [{ email: 'lender2@example.com', contribution_amount: 1 }] };
    await borrower.post(path, lender2);
    const answer = await borrower.post(path, lender2);
    expect(requireProblem(answer)).toEqual(invalid('lenders[0].email DUPLICATE_LENDER'));
    expect(answer.body.message).toBe('lender2@example.com has already been invited to this loan');
  });

  it('is more decimals than its currency has', async () => {
    const yen = `/loans/${await borrower.postsLoan({ currency: 'JPY' })}/lenders`;
    expect(requireProblem(await borrower.post(yen, { lenders: lenders(1, '1.0') }))).toEqual(
      invalid('lenders[0].contribution_amount INVALID'),
    );
    const dinars = `/loans/${await borrower.postsLoan({ currency: 'BHD' })}/lenders`;
    expect((await borrower.post(dinars, { lenders: lenders(1, 1.234) })).body.remaining).toBe(19_998.766);
  });
});

describe('a client that takes only application/json', () => {
  it('gets the same refusal under that type', async () => {
    const context = { lenders: [] };
    const usual = await borrower.post(path, context, { 'X-Request-Id': 'same' });
    const plain = await borrower.post(path, context, { 'X-Request-Id': 'same', Accept: 'application/json' });
    expect(usual.headers.get('Content-Type')).toBe('application/problem+json');
    expect(plain.headers.get('Content-Type')).toBe('application/json');
    expect(plain.text).toBe(usual.text);
  });
});
