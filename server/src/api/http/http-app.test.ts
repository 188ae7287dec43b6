import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoanId } from '../../domain/ids.ts';
import { eventBatchesOf } from '../../storage/keys.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { sendRequest } from '../../testing/app/raw-http.ts';
import { LOAN, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';
import { bearer } from '../../testing/oidc/oidc-users.ts';

let testApp: TestApp;
let ana: Person;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

describe('a path', () => {
  it.each(['/nowhere', '/Loans', '/loans/', '/loans//lenders', '/loan', '/%', '/%00', '/loans%2F', '/openapi.json/'])(
    'that names nothing is not found: %s',
    async (path) => {
      const { status, body } = await ana.get(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: 'NOT_FOUND', message: 'There is nothing at this path. See /docs for what there is.' });
    },
  );

  it.each(['%', '%zz', '%00', '%2F', 'a%2Fb', '%E0%A4%A', '%C0%80', '%ED%A0%80', '..%2F', '%25', '__proto__', 'x'.repeat(5000)])(
    'with an odd loan id names no loan, and never fails: %s',
    async (id) => {
      const read = await ana.get(`/loans/${id}`);
      const listed = await ana.get(`/loans/${id}/lenders`);
      const keyed = { 'Idempotency-Key': 'one' };
      const added = await ana.post(
        `/loans/${id}/lenders`,
        { lenders: [{ email: 'b@example.com', contribution_amount: 5 }] },
        keyed,
      );
      expect([read, listed, added].map(({ status }) => status)).toEqual([404, 404, 404]);
      expect(read.body.message).toBe('There is no such loan, or you have no part in it.');
    },
  );

  it('with an odd lender id names no lender', async () => {
    const { status, body } = await ana.delete(`/loans/${await ana.postsLoan()}/lenders/%zz`);
    expect([status, body.message]).toEqual([404, 'There is no such lender, or you have no part in it.']);
  });
});

describe('a method', () => {
  it.each([
    ['PUT', '/loans', 'POST, GET'],
    ['DELETE', '/loans', 'POST, GET'],
    ['OPTIONS', '/loans', 'POST, GET'],
    ['POST', '/loans/any', 'GET'],
    ['PATCH', '/loans/any/lenders', 'POST, GET'],
    ['GET', '/loans/any/lenders/any', 'PATCH, DELETE'],
    ['GET', '/loans/any/cancel', 'POST'],
    ['POST', '/loans/any/events', 'GET'],
    ['POST', '/openapi.json', 'GET'],
    ['POST', '/docs', 'GET'],
    ['DELETE', '/health/live', 'GET'],
    ['PUT', '/health/ready', 'GET'],
    ['POST', '/metrics', 'GET'],
  ])('that a path does not take is refused, with those that it takes: %s %s', async (method, path, allowed) => {
    const { status, headers, body } = await testApp.send(method, path);
    expect(status).toBe(405);
    expect(headers.get('Allow')).toBe(allowed);
    expect(body).toMatchObject({ error: 'METHOD_NOT_ALLOWED', message: `This path takes ${allowed} only.` });
  });

  it.each(['/health/live', '/openapi.json', '/loans'])('HEAD answers as GET would, without a body: %s', async (path) => {
    const headers = bearer(ana.token);
    const [head, get] = [
      await sendRequest(testApp, path, { method: 'HEAD', headers }),
      await sendRequest(testApp, path, { headers }),
    ];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'));
  });
});

describe('a query parameter', () => {
  it.each(['limit=5&limit=5', 'limit=5&limit=6', 'role=borrower&role=borrower', 'cursor=a&cursor=a'])(
    'may not be repeated: %s',
    async (query) => {
      const { status, body } = await ana.get(`/loans?${query}`);
      expect(status).toBe(400);
      expect(body.details).toMatchObject([{ path: query.split('=')[0], code: 'INVALID' }]);
    },
  );

  it('that is not known is ignored, also repeated', async () => {
    expect((await ana.get('/loans?colour=red&colour=blue&__proto__=x')).status).toBe(200);
  });

  it('with a broken escape is judged as it stands', async () => {
    expect((await ana.get('/loans?limit=%zz')).status).toBe(400);
  });

  it('can’t stand in for the path or the body', async () => {
    const loanId = await ana.postsLoan();
    expect((await ana.get(`/loans/nothing?loan_id=${loanId}`)).status).toBe(404);
    expect((await ana.post('/loans?amount=5', { interest_rate: 1, term_months: 1 })).status).toBe(400);
  });
});

const SAFE = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

describe('every answer', () => {
  it.each(['/loans', '/loans?limit=0', '/nowhere', '/docs', '/openapi.json', '/health/live', '/metrics'])(
    'tells browsers to keep off: %s',
    async (path) => {
      const { headers } = await ana.get(path);
      const found = Object.keys(SAFE).map((name) => [name, headers.get(name)]);
      expect(Object.fromEntries(found)).toEqual(SAFE);
    },
  );
});

describe('a page of another origin', () => {
  const app = 'https://app.example.com';
  const asking = { Origin: app, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' };
  const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

  it('may read nothing unless its origin is set', async () => {
    const preflight = await testApp.send('OPTIONS', '/loans', { headers: asking });
    const read = await ana.get('/loans', { Origin: app });
    expect([preflight.status, read.status]).toEqual([405, 200]);
    expect([...corsHeaders(preflight.headers), ...corsHeaders(read.headers)]).toEqual([]);
  });

  it('may ask and read where its origin is set', async () => {
    const open = await openTestApp({ config: { corsOrigins: [app, 'http://localhost:5173'] } });
    const preflight = await open.send('OPTIONS', '/loans', { headers: asking });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe(app);
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toBe('DELETE,GET,PATCH,POST');
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toMatch(/Authorization,Content-Type,Idempotency-Key/);
    expect(preflight.headers.get('Access-Control-Max-Age')).toBe('600');
    const refused = await open.send('GET', '/loans', { headers: { Origin: 'http://localhost:5173' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('http://localhost:5173');
    expect(refused.headers.get('Access-Control-Expose-Headers')).toMatch(/Location,X-Request-Id,Retry-After/);
    expect(refused.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect(refused.headers.get('Vary')).toContain('Origin');
    await open.close();
  });

  it.each([
    'https://app.example.com.evil.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://example.com',
    'null',
    '*',
  ])('may read nothing where its origin only looks like one that is set: %s', async (origin) => {
    const open = await openTestApp({ config: { corsOrigins: [app] } });
    const preflight = await open.send('OPTIONS', '/loans', { headers: { ...asking, Origin: origin } });
    const read = await open.send('GET', '/health/live', { headers: { Origin: origin } });
    expect([preflight, read].map(({ headers }) => headers.get('Access-Control-Allow-Origin'))).toEqual([null, null]);
    await open.close();
  });
});

describe('trace context', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parentId = '00f067aa0ba902b7';

  /** What the log and the loan's first chapter say of the trace that a request came with. */
  async function traced(traceparent: string) {
    const { body } = await ana.post('/loans', LOAN, { traceparent });
    const loanId = parseLoanId(body.loan.loan_id);
    if (!loanId) throw new Error('the answer has the id of a loan');
    const [batch] = await testApp.store.list(eventBatchesOf(loanId, 0, 1));
    return { logged: lastLine(testApp)['trace_id'], carried: batch?.data.traceparent };
  }

  it.each([`00-${traceId}-${parentId}-01`, `00-${traceId}-${parentId}-00`, `42-${traceId}-${parentId}-01-more`])(
    'is carried on, with a place of our own in it: %s',
    async (traceparent) => {
      const { logged, carried } = await traced(traceparent);
      expect(logged).toBe(traceId);
      expect(carried).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${traceparent.split('-')[3]}$`));
      expect(carried).not.toContain(parentId);
    },
  );

  it.each([
    'nonsense',
    `00-${traceId}-${parentId}`,
    `00-${traceId.toUpperCase()}-${parentId}-01`,
    `00-${'0'.repeat(32)}-${parentId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `ff-${traceId}-${parentId}-01`,
    `00-${traceId}-${parentId}-01-more`,
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
  ])('is ignored where it is malformed: %s', async (traceparent) => {
    expect(await traced(traceparent)).toEqual({ logged: undefined, carried: null });
  });
});
