import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine } from '../../testing/app/log-lines.ts';
import type { TestResponse } from '../../testing/app/response.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { startIdentityProvider } from '../../testing/oidc/identity-provider.ts';
import { openOidcTestApp, userAt } from '../../testing/oidc/oidc-users.ts';

const RESPONSE_TYPE = 'application/graphql-response+json';
const ACCEPTS_GRAPHQL = { Accept: `${RESPONSE_TYPE}, application/json;q=0.9` };

let testApp: TestApp;
let ana: TestUser;
let loanId: string;

beforeAll(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
  loanId = await ana.postsLoan();
});

afterAll(() => testApp.close());

const send = (query: string, variables?: object, headers: Record<string, string> = {}): Promise<TestResponse> =>
  ana.post('/graphql', { query, ...(variables && { variables }) }, headers);

const errorsIn = ({ body }: TestResponse) =>
  body.errors.map((error: TestResponse['body']) => [error.extensions.code, error.message] as const);

describe('POST /graphql', () => {
  it.each([
    ['5000', 5000],
    ['0.1', 0.1],
    ['49.99', 49.99],
    ['1e3', 1000],
    ['"49.90"', 49.9],
    ['0.10000000000000000001', 0.1],
  ])('accepts the amount %s in a document', async (literal, amount) => {
    const { body } = await send(`mutation { createLoan(amount: ${literal}, interestRate: 1, termMonths: 1) { loan { amount } } }`);
    expect(body).toEqual({ data: { createLoan: { loan: { amount } } } });
  });

  it.each(['0', '0.001', '1e400', '"1e3"', 'true', 'USD', '[1]', '{a: 1}'])(
    'rejects the amount %s in a document with the use case’s error',
    async (literal) => {
      const response = await send(`mutation { createLoan(amount: ${literal}, interestRate: 1, termMonths: 1) { success } }`);
      expect(errorsIn(response)).toEqual([['VALIDATION_ERROR', expect.any(String)]]);
      expect(response.body.errors[0].extensions.details[0]).toMatchObject({ path: 'amount', code: 'INVALID' });
    },
  );

  it('runs root fields independently, each counted against the rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 2 } });
    const { post, postsLoan } = await limited.as('ana@example.com');
    const open = await postsLoan();
    const query = `mutation ($a: ID!) { a: cancelLoan(loanId: $a) { loan { status } } b: closeLoan(loanId: "x") { success }
      c: cancelLoan(loanId: $a) { success } d: cancelLoan(loanId: $a) { success } }`;
    const response = await post('/graphql', { query, variables: { a: open } });
    expect(response.status).toBe(200);
    expect(response.body.data).toEqual({ a: { loan: { status: 'cancelled' } }, b: null, c: { success: true }, d: null });
    expect(response.body.errors.map(({ path }: TestResponse['body']) => path)).toEqual([['b'], ['d']]);
    expect(errorsIn(response).map(([code]: readonly [string, string]) => code)).toEqual(['NOT_FOUND', 'TOO_MANY_REQUESTS']);
    expect(response.headers.get('RateLimit')).toBe('"default";r=0;t=1');
    await limited.close();
  });

  it('runs the fields of a mutation in order', async () => {
    const invited = (prefix: string) =>
      `addLenders(loanId: "${loanId}", lenders: [{email: "${prefix}@example.com", contributionAmount: 1}]) { totalInvited }`;
    const { body } = await send(`mutation { a: ${invited('a')} b: ${invited('b')} c: ${invited('c')} }`);
    expect(body).toEqual({ data: { a: { totalInvited: 1 }, b: { totalInvited: 2 }, c: { totalInvited: 3 } } });
  });

  it('rejects several mutation fields under one idempotency key', async () => {
    const calls = await testApp.callsOf(async () => {
      const query = `mutation { a: cancelLoan(loanId: "${loanId}") { success } ...B } fragment B on Mutation { b: cancelLoan(loanId: "${loanId}") { success } }`;
      const response = await send(query, undefined, { 'X-Idempotency-Key': 'k' });
      expect(errorsIn(response)).toEqual([
        ['VALIDATION_ERROR', 'A request with an idempotency key takes one mutation field; this one has 2.'],
      ]);
    });
    expect(calls).toEqual([]);
  });

  it('takes __typename beside the mutation field of an idempotency key', async () => {
    const open = await ana.postsLoan();
    const query = `mutation { __typename cancelLoan(loanId: "${open}") { success } }`;
    const { body } = await send(query, undefined, { 'Idempotency-Key': 'with-its-type' });
    expect(body).toEqual({ data: { __typename: 'Mutation', cancelLoan: { success: true } } });
    const aliased = `mutation { __typename: cancelLoan(loanId: "${open}") { success } b: cancelLoan(loanId: "${open}") { success } }`;
    expect(errorsIn(await send(aliased, undefined, { 'Idempotency-Key': 'aliased' }))).toEqual([
      ['VALIDATION_ERROR', 'A request with an idempotency key takes one mutation field; this one has 2.'],
    ]);
  });

  it('rejects a mutation with a query parameter as REST does, changes nothing, and takes a query with one', async () => {
    const open = await ana.postsLoan();
    const rest = await ana.post(`/loans/${open}/cancel?dry_run=1&x=2`);
    const query = `mutation { cancelLoan(loanId: "${open}") { success } }`;
    const calls = await testApp.callsOf(async () => {
      const { body } = await ana.post('/graphql?dry_run=1&x=2', { query });
      expect(body.errors[0].extensions).toMatchObject({ code: rest.body.error, details: rest.body.details });
      expect(body.errors[0].message).toBe('There is no query parameter "dry_run" here. This call takes none.');
    });
    expect(calls).toEqual([]);
    const read = await ana.post('/graphql?dry_run=1', { query: `{ loan(loanId: "${open}") { status } }` });
    expect(read.body).toEqual({ data: { loan: { status: 'open' } } });
  });

  it('continues pages below a loan after their cursors', async () => {
    const full = await ana.postsLoan();
    await ana.post(`/loans/${full}/lenders`, { lenders: lenders(3, 10) });
    const query = `query ($id: ID!, $cursor: String) { loan(loanId: $id) { lenders(limit: 2, cursor: $cursor, status: pending) { lenders { email } nextCursor } events(limit: 1) { events { type data { terms { amount } } } nextCursor } } }`;
    const first = (await send(query, { id: full })).body.data.loan;
    const second = (await send(query, { id: full, cursor: first.lenders.nextCursor })).body.data.loan;
    const found = [...first.lenders.lenders, ...second.lenders.lenders].map(({ email }) => email);
    expect(new Set(found)).toEqual(new Set(lenders(3, 10).map(({ email }) => email)));
    expect(second.lenders.nextCursor).toBeNull();
    expect(first.events.events).toEqual([{ type: 'loan.created', data: { terms: { amount: 20_000 } } }]);
  });

  it('shows a lender only their own invitation below a loan', async () => {
    const shared = await ana.postsLoan();
    await ana.post(`/loans/${shared}/lenders`, { lenders: lenders(3, 10, 'bob') });
    const bob = await testApp.as('bob1@example.com');
    const query = '{ loans(role: lender) { loans { lenders { lenders { email } } } } }';
    const { body } = await bob.post('/graphql', { query });
    expect(body).toEqual({ data: { loans: { loans: [{ lenders: { lenders: [{ email: 'bob1@example.com' }] } }] } } });
  });

  it('makes two storage calls per page below a loan, four pages at a time', async () => {
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
    // Four run at once: each of them reads its loan before the first reads its lenders.
    expect(calls.slice(2, 7)).toEqual(['get', 'get', 'get', 'get', 'list']);
    await many.close();
  });
});

describe('the limits of POST /graphql', () => {
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
  ])('rejects a request before it is run for its %s', async (_, query, message) => {
    const calls = await testApp.callsOf(async () => {
      const response = await send(query);
      expect(errorsIn(response)).toEqual([['VALIDATION_ERROR', message]]);
      expect(response.body).not.toHaveProperty('data');
    });
    expect(calls).toEqual([]);
  });

  it('measures the cost of a request with its variables', async () => {
    const query = 'query ($n: Int = 100) { loans(limit: $n) { loans { lenders(limit: 5) { nextCursor } } } }';
    expect(errorsIn(await send(query))[0][1]).toContain('costs 1610; 1000 is the most');
    expect((await send(query, { n: 50 })).body.data.loans.loans.length).toBeGreaterThan(0);
  });

  it('measures nested fragments without exponential time', async () => {
    const levels = many(40, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`);
    const { body } = await send(`{ ...F0 } ${levels} fragment F40 on Query { loans { nextCursor } }`);
    expect(body.data.loans.nextCursor).toBeNull();
  });
});

describe('POST /graphql before it validates a document', () => {
  const many = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ');
  const post = (query: string, token?: string) =>
    testApp.send('POST', '/graphql', { body: { query }, headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });

  it.each([
    ['a document without a token', `{ ${many(900, 'loans')}`],
    ['one repeated field without a token', `{ loans { ${many(800, 'nextCursor')} } }`],
    ['an unknown field without a token', '{ loans { nothing } }'],
  ])('responds 401 to %s', async (_, query) => {
    const { status, body } = await post(query);
    expect([status, body.errors[0].extensions.code]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('responds 401 to a bad token, whatever the document', async () => {
    for (const query of ['{ __typename }', `{ ${many(900, 'loans')}`]) expect((await post(query, 'x.y.z')).status).toBe(401);
  });

  it('reads no byte of a body before its size, media type, token and rate are checked', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const user = await limited.as('ana@example.com');
    const json = { 'Content-Type': 'application/json' };
    const pull = () => {
      throw new Error('the body was read');
    };
    const unread = (headers: Record<string, string>, client: Pick<TestUser, 'send'> = user) =>
      client.send('POST', '/graphql', { headers, raw: new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 }) });
    const statuses = [
      (await unread({ ...json, 'Content-Length': '65537' })).status,
      (await unread({ 'Content-Type': 'text/plain' })).status,
      (await unread({ ...json, 'Content-Length': '5000' }, limited)).status,
    ];
    for (let time = 0; time < 2; time += 1) await user.get('/loans');
    statuses.push((await unread(json)).status);
    expect(statuses).toEqual([413, 415, 401, 429]);
    await limited.close();
  });

  it('responds 429 to a user over the rate before it parses the document, and counts a request once', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const user = await limited.as('ana@example.com');
    const responses = [];
    for (const query of ['{ loans { nextCursor } }', '{', '{']) responses.push(await user.post('/graphql', { query }));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(responses.flatMap(({ body }) => body.errors ?? []).map(({ extensions }) => extensions.code)).toEqual([
      'VALIDATION_ERROR',
      'TOO_MANY_REQUESTS',
    ]);
    expect(lastLine(limited)).toMatchObject({ endpoint: 'GraphQL', status: 'Error', error: 'TOO_MANY_REQUESTS' });
    await limited.close();
  });

  it.each([
    ['a repeated field', `{ loans { ${many(1900, 'nextCursor')} } }`, /1900 fields with the name nextCursor; 10 are the most/],
    ['an unknown repeated field', `{ ${many(1900, 'nothing')} }`, /1900 fields with the name nothing; 10 are the most/],
    ['a repeated field with fields below', `{ ${many(300, 'loans { nextCursor }')} }`, /300 fields with the name loans/],
    ['lines', `{ loans { ${'\n'.repeat(2000)} nextCursor } }`, /2001 lines; 2000 are the most/],
  ])('rejects a document for its number of %s', async (_, query, message) => {
    expect(errorsIn(await send(query))).toEqual([['VALIDATION_ERROR', expect.stringMatching(message)]]);
  });

  it.each([
    ['unknown input fields', { x: Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`f${index}`, 0])) }],
    ['a long unknown input field', { x: { ['f'.repeat(60_000)]: 0 } }],
    ['a long text', { x: 'f'.repeat(60_000) }],
    ['a long list', { x: Array.from({ length: 20_000 }, () => 0) }],
  ])('does not repeat %s', async (_, { x }) => {
    const query = `mutation ($x: [LenderInput!]!) { addLenders(loanId: "${loanId}", lenders: $x) { success } }`;
    const response = await send(query, { x });
    expect(errorsIn(response)[0]).toEqual(['VALIDATION_ERROR', expect.any(String)]);
    expect(response.text.length).toBeLessThan(12_000);
  });

  it('names at most ten locations of an error', async () => {
    const aliases = [...'bcdefghijklm'];
    const [texts, lists] = ['nextCursor', 'loans { loanId }'].map((field) =>
      aliases.map((alias) => `${alias}: ${field}`).join(' '),
    );
    const query = `{ a: loans { ${texts} } a: loans { ${lists} } }`;
    const { errors } = (await send(query)).body;
    expect(errors[0].message).toContain('Fields "a" conflict');
    expect(errors[0].locations).toHaveLength(10);
  });
});

describe('the HTTP response of POST /graphql', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };
  const sentAs = (raw: string, headers: Record<string, string>) => ana.send('POST', '/graphql', { raw, headers });

  it.each([
    ['malformed JSON', 400, 'VALIDATION_ERROR', () => sentAs('{', JSON_TYPE)],
    ['a batch', 400, 'VALIDATION_ERROR', () => sentAs('[{"query":"{__typename}"}]', JSON_TYPE)],
    ['a missing document', 400, 'VALIDATION_ERROR', () => sentAs('{"variables":{}}', JSON_TYPE)],
    ['variables in a list', 400, 'VALIDATION_ERROR', () => sentAs('{"query":"{__typename}","variables":[]}', JSON_TYPE)],
    [
      'a form',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      () => sentAs('query={__typename}', { 'Content-Type': 'application/x-www-form-urlencoded' }),
    ],
    ['a bare document', 415, 'UNSUPPORTED_MEDIA_TYPE', () => sentAs('{__typename}', { 'Content-Type': 'application/graphql' })],
    ['a large body', 413, 'PAYLOAD_TOO_LARGE', () => sentAs(`{"query":"{__typename}","x":"${'x'.repeat(65_536)}"}`, JSON_TYPE)],
  ])('responds with a GraphQL error to %s', async (_, status, code, work) => {
    const response = await work();
    expect([response.status, response.headers.get('Content-Type')]).toEqual([status, 'application/json']);
    expect(response.body).toEqual({
      errors: [{ message: expect.any(String), extensions: expect.objectContaining({ code, retryable: false }) }],
    });
    expect(response.body.errors[0].extensions.requestId).toBe(response.headers.get('X-Request-Id'));
  });

  it('answers a persisted query as one that is not supported, so that the client sends its document', async () => {
    const { status, body } = await sentAs('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}', JSON_TYPE);
    expect([status, body.errors[0].message]).toEqual([400, 'PersistedQueryNotSupported']);
    const sent = await sentAs(
      '{"query":"{__typename}","extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}',
      JSON_TYPE,
    );
    expect(sent.body).toEqual({ data: { __typename: 'Query' } });
  });

  it.each(['GET', 'PUT', 'DELETE'])('responds 405 to %s', async (method) => {
    const response = await ana.send(method, '/graphql?query={__typename}');
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
  });

  it.each([
    ['syntax', '{', 400],
    ['names', '{ nothing }', 400],
    ['variables', 'query ($id: ID!) { loan(loanId: $id) { loanId } }', 400],
    ['a choice of operations', 'query A { __typename } query B { __typename }', 400],
    ['a subscription', 'subscription { loanEvents }', 400],
    ['a field that fails', '{ loan(loanId: "x") { loanId } }', 200],
    ['a success', '{ __typename }', 200],
  ])('responds with the status of GraphQL over HTTP where its media type is accepted: %s', async (_, query, status) => {
    const [newer, older] = [await send(query, undefined, ACCEPTS_GRAPHQL), await send(query)];
    expect([newer.status, newer.headers.get('Content-Type')]).toEqual([status, RESPONSE_TYPE]);
    expect([older.status, older.headers.get('Content-Type')]).toEqual([200, 'application/json']);
    expect(newer.body.errors?.[0].extensions.code).toBe(older.body.errors?.[0].extensions.code);
  });

  it.each([undefined, 'Bearer x'])(
    'responds 401 where no field was authorized, with the header Authorization: %s',
    async (authorization) => {
      const query = '{ loans { nextCursor } invitations { nextCursor } }';
      const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
      const response = await testApp.send('POST', '/graphql', { body: { query }, headers });
      expect([response.status, response.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
      expect(response.body).toEqual({
        errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHORIZED' }) })],
      });
    },
  );

  it('responds 429 to requests that run no use case above their address’s rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const statuses = [];
    for (const query of ['{ __typename }', '{', '{ __typename }'])
      statuses.push((await limited.send('POST', '/graphql', { body: { query } })).status);
    expect(statuses).toEqual([200, 200, 429]);
    await limited.close();
  });
});

describe('GraphQL introspection', () => {
  it('allows introspection with the local issuer', async () => {
    const { body } = await send(getIntrospectionQuery());
    expect(body.data.__schema.queryType.name).toBe('Query');
    expect(errorsIn(await send('{ loan(loanId: "x") { loanIdd } }'))[0][1]).toContain('Did you mean');
  });

  it.each([
    ['{ __schema { types { name } } }', /introspection/],
    ['{ __type(name: "Loan") { name } }', /introspection/],
    ['{ loan(loanId: "x") { loanIdd } }', /^Cannot query field "loanIdd" on type "Loan"\.$/],
    ['query ($s: LenderStatus) { invitations(status: $s) { nextCursor } }', /does not exist in "LenderStatus" enum\.$/],
  ])('rejects introspection with another issuer, and suggests no names: %s', async (query, message) => {
    const provider = await startIdentityProvider();
    const closed = await openOidcTestApp(provider);
    const user = await userAt(closed, provider, 'ana', 'ana@example.com');
    const response = await user.post('/graphql', { query, variables: { s: 'pendin' } });
    expect(errorsIn(response)[0]).toEqual(['VALIDATION_ERROR', expect.stringMatching(message)]);
    await Promise.all([closed.close(), provider.close()]);
  });
});
