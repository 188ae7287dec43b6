import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine } from '../../testing/app/log-lines.ts';
import { rewriteLoan } from '../../testing/app/store-edits.ts';
import { type Answer, lenders, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';

const RESPONSE_TYPE = 'application/graphql-response+json';
const NEWER = { Accept: `${RESPONSE_TYPE}, application/json;q=0.9` };

let testApp: TestApp;
let ana: Person;
let loanId: string;

beforeAll(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
  loanId = await ana.postsLoan();
});

afterAll(() => testApp.close());

const askFor = (query: string, variables?: object, headers: Record<string, string> = {}): Promise<Answer> =>
  ana.post('/graphql', { query, ...(variables && { variables }) }, headers);

const refusalsIn = ({ body }: Answer) =>
  body.errors.map((error: Answer['body']) => [error.extensions.code, error.message] as const);

describe('an amount', () => {
  it.each([
    ['5000', 5000],
    ['0.1', 0.1],
    ['49.99', 49.99],
    ['1e3', 1000],
    ['"49.90"', 49.9],
    ['0.10000000000000000001', 0.1],
  ])('is taken where it stands in the request itself: %s', async (literal, amount) => {
    const { body } = await askFor(
      `mutation { createLoan(amount: ${literal}, interestRate: 1, termMonths: 1) { loan { amount } } }`,
    );
    expect(body).toEqual({ data: { createLoan: { loan: { amount } } } });
  });

  it.each(['0', '0.001', '1e400', '"1e3"', 'true', 'USD', '[1]', '{a: 1}'])('is judged there too: %s', async (literal) => {
    const answer = await askFor(`mutation { createLoan(amount: ${literal}, interestRate: 1, termMonths: 1) { success } }`);
    expect(refusalsIn(answer)).toEqual([['VALIDATION_ERROR', expect.any(String)]]);
    expect(answer.body.errors[0].extensions.details[0]).toMatchObject({ path: 'amount', code: 'INVALID' });
  });
});

describe('fields at the root', () => {
  it('fail alone, and spend a request each', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 2 } });
    const { post, postsLoan } = await limited.as('ana@example.com');
    const open = await postsLoan();
    const query = `mutation ($a: ID!) { a: cancelLoan(loanId: $a) { loan { status } } b: closeLoan(loanId: "x") { success }
      c: cancelLoan(loanId: $a) { success } d: cancelLoan(loanId: $a) { success } }`;
    const answer = await post('/graphql', { query, variables: { a: open } });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ a: { loan: { status: 'cancelled' } }, b: null, c: { success: true }, d: null });
    expect(answer.body.errors.map(({ path }: Answer['body']) => path)).toEqual([['b'], ['d']]);
    expect(refusalsIn(answer).map(([code]: readonly [string, string]) => code)).toEqual(['NOT_FOUND', 'TOO_MANY_REQUESTS']);
    expect(answer.headers.get('RateLimit')).toBe('"default";r=0;t=1');
    await limited.close();
  });

  it('change things one after the other', async () => {
    const invited = (prefix: string) =>
      `addLenders(loanId: "${loanId}", lenders: [{email: "${prefix}@example.com", contributionAmount: 1}]) { totalInvited }`;
    const { body } = await askFor(`mutation { a: ${invited('a')} b: ${invited('b')} c: ${invited('c')} }`);
    expect(body).toEqual({ data: { a: { totalInvited: 1 }, b: { totalInvited: 2 }, c: { totalInvited: 3 } } });
  });

  it('are one where an idempotency key came with them, or nothing is run', async () => {
    const calls = await testApp.callsOf(async () => {
      const query = `mutation { a: cancelLoan(loanId: "${loanId}") { success } ...B } fragment B on Mutation { b: cancelLoan(loanId: "${loanId}") { success } }`;
      const answer = await askFor(query, undefined, { 'X-Idempotency-Key': 'k' });
      expect(refusalsIn(answer)).toEqual([
        ['VALIDATION_ERROR', 'A request with an idempotency key takes one mutation field; this one has 2.'],
      ]);
    });
    expect(calls).toEqual([]);
  });
});

describe('pages below a loan', () => {
  it('go on from their cursors, and are what their own call answers', async () => {
    const full = await ana.postsLoan();
    await ana.post(`/loans/${full}/lenders`, { lenders: lenders(3, 10) });
    const query = `query ($id: ID!, $cursor: String) { loan(loanId: $id) { lenders(limit: 2, cursor: $cursor, status: pending) { lenders { email } nextCursor } events(limit: 1) { events { type data { terms { amount } } } nextCursor } } }`;
    const first = (await askFor(query, { id: full })).body.data.loan;
    const second = (await askFor(query, { id: full, cursor: first.lenders.nextCursor })).body.data.loan;
    const found = [...first.lenders.lenders, ...second.lenders.lenders].map(({ email }) => email);
    expect(new Set(found)).toEqual(new Set(lenders(3, 10).map(({ email }) => email)));
    expect(second.lenders.nextCursor).toBeNull();
    expect(first.events.events).toEqual([{ type: 'loan.created', data: { terms: { amount: 20_000 } } }]);
  });

  it('keep their access rules: a lender sees their own row', async () => {
    const shared = await ana.postsLoan();
    await ana.post(`/loans/${shared}/lenders`, { lenders: lenders(3, 10, 'bob') });
    const bob = await testApp.as('bob1@example.com');
    const query = '{ loans(role: lender) { loans { lenders { lenders { email } } } } }';
    const { body } = await bob.post('/graphql', { query });
    expect(body).toEqual({ data: { loans: { loans: [{ lenders: { lenders: [{ email: 'bob1@example.com' }] } }] } } });
  });

  it('cost each loan two calls to the store, a few loans at a time', async () => {
    const many = await openTestApp();
    const lender = await many.as('many@example.com');
    for (let loan = 0; loan < 20; loan += 1) await lender.postsLoan({ lenders: lenders(1, 1) });
    const query = '{ loans(limit: 20) { loans { lenders(limit: 20) { lenders { email } } } } }';
    const calls = await many.callsOf(async () => {
      const { body } = await lender.post('/graphql', { query });
      expect(body.data.loans.loans).toHaveLength(20);
      expect(body.data.loans.loans[19].lenders.lenders).toEqual([{ email: 'ann0@example.com' }]);
    });
    const counts = Object.groupBy(calls, (verb) => verb);
    const each = Object.entries(counts).map(([verb, made]) => [verb, made.length]);
    expect(Object.fromEntries(each)).toEqual({ get: 21, list: 21 });
    // Four are under way at once: each of them reads its loan before the first reads its lenders.
    expect(calls.slice(2, 7)).toEqual(['get', 'get', 'get', 'get', 'list']);
    await many.close();
  });
});

describe('a request beyond its limits', () => {
  const many = (count: number, field: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => field(index)).join(' ');

  it.each([
    [
      'fields at the root',
      `{ ${many(6, (n) => `f${n}: loans { nextCursor }`)} }`,
      'The request has 6 fields at the root; 5 are the most.',
    ],
    ['aliases', `{ loans { ${many(31, (n) => `a${n}: nextCursor`)} } }`, 'The request has 31 aliases; 30 are the most.'],
    [
      'directives',
      `{ loans { ${many(31, () => 'nextCursor @skip(if: true)')} } }`,
      'The request has 31 directives; 30 are the most.',
    ],
    ['tokens', `{ ${many(2001, () => '__typename')} }`, 'Syntax Error: Document contains more that 2000 tokens. Parsing aborted.'],
    [
      'cost',
      '{ loans(limit: 100) { loans { lenders { nextCursor } } } }',
      'The request costs 3110; 1000 is the most. Ask for smaller pages, or for less below each row.',
    ],
    [
      'cost in fragments',
      '{ a: loans { ...P } b: loans { ...P } } fragment P on LoanPage { loans { ...L } } fragment L on Loan { lenders { nextCursor } }',
      'The request costs 1260; 1000 is the most. Ask for smaller pages, or for less below each row.',
    ],
  ])('is refused before anything is run: %s', async (_, query, message) => {
    const calls = await testApp.callsOf(async () => {
      const answer = await askFor(query);
      expect(refusalsIn(answer)).toEqual([['VALIDATION_ERROR', message]]);
      expect(answer.body).not.toHaveProperty('data');
    });
    expect(calls).toEqual([]);
  });

  it('is measured by its variables too', async () => {
    const query = 'query ($n: Int = 100) { loans(limit: $n) { loans { lenders(limit: 5) { nextCursor } } } }';
    expect(refusalsIn(await askFor(query))[0][1]).toContain('costs 1610; 1000 is the most');
    expect((await askFor(query, { n: 50 })).body.data.loans.loans.length).toBeGreaterThan(0);
  });

  it('is not hidden by many fragments in each other', async () => {
    const levels = many(40, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    const { body } = await askFor(`{ ...F0 } ${levels} fragment F40 on Query { loans { nextCursor } }`);
    expect(body.data.loans.nextCursor).toBeNull();
  });
});

describe('what is no GraphQL request', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const sentAs = (raw: string, headers: Record<string, string>) => ana.send('POST', '/graphql', { raw, headers });

  it.each([
    ['no JSON', 400, 'VALIDATION_ERROR', () => sentAs('{', JSON_TYPE)],
    ['a batch', 400, 'VALIDATION_ERROR', () => sentAs('[{"query":"{__typename}"}]', JSON_TYPE)],
    ['no document', 400, 'VALIDATION_ERROR', () => sentAs('{"variables":{}}', JSON_TYPE)],
    ['variables in a list', 400, 'VALIDATION_ERROR', () => sentAs('{"query":"{__typename}","variables":[]}', JSON_TYPE)],
    [
      'a form',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      () => sentAs('query={__typename}', { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ],
    ['a document alone', 415, 'UNSUPPORTED_MEDIA_TYPE', () => sentAs('{__typename}', { 'Content-Type': 'application/graphql' })],
    ['too much', 413, 'PAYLOAD_TOO_LARGE', () => sentAs(`{"query":"{__typename}","x":"${'x'.repeat(65_536)}"}`, JSON_TYPE)],
  ])('is refused in the form of all its answers: %s', async (_, status, code, work) => {
    const answer = await work();
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([status, 'application/json']);
    expect(answer.body).toEqual({
      errors: [{ message: expect.any(String), extensions: expect.objectContaining({ code, retryable: false }) }],
    });
    expect(answer.body.errors[0].extensions.requestId).toBe(answer.headers.get('X-Request-Id'));
  });

  it.each(['GET', 'PUT', 'DELETE'])('is told what is taken, by another method: %s', async (method) => {
    const answer = await ana.send(method, '/graphql?query={__typename}');
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
  });
});

describe('the status', () => {
  it.each([
    ['syntax', '{', 400],
    ['names', '{ nothing }', 400],
    ['variables', 'query ($id: ID!) { loan(loanId: $id) { loanId } }', 400],
    ['a choice of operations', 'query A { __typename } query B { __typename }', 400],
    ['a subscription', 'subscription { loanEvents }', 400],
    ['a field that fails', '{ loan(loanId: "x") { loanId } }', 200],
    ['an answer', '{ __typename }', 200],
  ])('is that of the newer type where a client takes it: %s', async (_, query, status) => {
    const [newer, older] = [await askFor(query, undefined, NEWER), await askFor(query)];
    expect([newer.status, newer.headers.get('Content-Type')]).toEqual([status, RESPONSE_TYPE]);
    expect([older.status, older.headers.get('Content-Type')]).toEqual([200, 'application/json']);
    expect(newer.body.errors?.[0].extensions.code).toBe(older.body.errors?.[0].extensions.code);
  });

  it.each([undefined, 'Bearer x'])('is 401 where the token serves for nothing: %s', async (authorization) => {
    const query = '{ loans { nextCursor } invitations { nextCursor } }';
    const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
    const answer = await testApp.send('POST', '/graphql', { body: { query }, headers });
    expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
    expect(answer.body).toEqual({
      errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHORIZED' }) })],
    });
  });

  it('is 429 for an address that asks for nothing too often', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const statuses = [];
    for (const query of ['{ __typename }', '{', '{ __typename }'])
      statuses.push((await limited.send('POST', '/graphql', { body: { query } })).status);
    expect(statuses).toEqual([200, 200, 429]);
    await limited.close();
  });
});

describe('the schema', () => {
  it('is told where tokens are for development', async () => {
    const { body } = await askFor(getIntrospectionQuery());
    expect(body.data.__schema.queryType.name).toBe('Query');
    expect(refusalsIn(await askFor('{ loan(loanId: "x") { loanIdd } }'))[0][1]).toContain('Did you mean');
  });

  it.each([
    ['{ __schema { types { name } } }', /introspection/],
    ['{ __type(name: "Loan") { name } }', /introspection/],
    ['{ loan(loanId: "x") { loanIdd } }', /^Cannot query field "loanIdd" on type "Loan"\.$/],
    ['query ($s: LenderStatus) { invitations(status: $s) { nextCursor } }', /does not exist in "LenderStatus" enum\.$/],
  ])('is not told elsewhere, nor guessed at: %s', async (query, message) => {
    const auth = { issuer: 'https://id.example.com', audience: 'a', emailClaim: 'email', emailVerifiedClaim: 'email_verified' };
    const closed = await openTestApp({ config: { auth } });
    const answer = await closed.send('POST', '/graphql', { body: { query, variables: { s: 'pendin' } } });
    expect(refusalsIn(answer)[0]).toEqual(['VALIDATION_ERROR', expect.stringMatching(message)]);
    await closed.close();
  });
});

describe('a fault of ours', () => {
  it('is not told to the client, and stands in the log', async () => {
    const { post, postsLoan } = await testApp.as('broken@example.com');
    const broken = await postsLoan();
    await rewriteLoan(testApp, broken, { termMonths: 1.5 });
    const query = `{ loan(loanId: "${broken}") { termMonths } }`;
    const answer = await post('/graphql', { query }, { 'X-Request-Id': 'faulty' });
    expect(answer.body.data).toEqual({ loan: null });
    expect(refusalsIn(answer)).toEqual([['INTERNAL_ERROR', expect.stringMatching(/^Something went wrong on our side/)]]);
    expect(answer.text).not.toContain('term_months');
    expect(lastLine(testApp)).toMatchObject({ level: 50, request_id: 'faulty', err: { type: 'ZodError' } });
  });
});

describe('every answer', () => {
  it('bears the headers of all routes, and the log has the request', async () => {
    const { headers } = await askFor('{ loans { nextCursor } }', undefined, { 'X-Request-Id': 'mine' });
    expect([headers.get('X-Request-Id'), headers.get('Cache-Control')]).toEqual(['mine', 'no-store']);
    expect(lastLine(testApp)).toMatchObject({ request_id: 'mine', endpoint: 'ListLoans', status: 'Success' });
  });
});
