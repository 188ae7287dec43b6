import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pathNotFound } from '../../domain/errors.ts';
import { parseLoanId } from '../../domain/ids.ts';
import { eventBatchesOf } from '../../storage/keys.ts';
import { lastLine } from '../../testing/app/log-lines.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import { dropBodyOfHead } from './http-app.ts';
import { routes } from './routes.ts';

let testApp: TestApp;
let ana: TestUser;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
});

afterEach(() => testApp.close());

describe('httpApp routes', () => {
  it.each(['/nowhere', '/Loans', '/loans/', '/loans//lenders', '/loan', '/%', '/%00', '/loans%2F', '/openapi.json/'])(
    'responds 404 at %s',
    async (path) => {
      const { status, body } = await ana.get(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: 'NOT_FOUND', message: pathNotFound().message });
    },
  );

  it.each(['%', '%zz', '%00', '%2F', 'a%2Fb', '%E0%A4%A', '%C0%80', '%ED%A0%80', '..%2F', '%25', '__proto__', 'x'.repeat(5000)])(
    'responds 404 to the malformed loan id %s',
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

  it('responds 404 to a malformed lender id', async () => {
    const { status, body } = await ana.delete(`/loans/${await ana.postsLoan()}/lenders/%zz`);
    expect([status, body.message]).toEqual([404, 'There is no such lender, or you have no part in it.']);
  });
});

describe('httpApp methods', () => {
  it.each([
    ['PUT', '/loans', 'POST, GET, HEAD'],
    ['DELETE', '/loans', 'POST, GET, HEAD'],
    ['OPTIONS', '/loans', 'POST, GET, HEAD'],
    ['POST', '/loans/any', 'GET, HEAD'],
    ['PATCH', '/loans/any/lenders', 'POST, GET, HEAD'],
    ['GET', '/loans/any/lenders/any', 'PATCH, DELETE'],
    ['PUT', '/loans/any/lenders/imports', 'PATCH, DELETE, POST'],
    ['GET', '/loans/any/lenders/imports', 'PATCH, DELETE, POST'],
    ['PUT', '/loans/any/lenders/imports/any', 'GET, HEAD'],
    ['GET', '/loans/any/cancel', 'POST'],
    ['POST', '/loans/any/events', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['DELETE', '/health/live', 'GET, HEAD'],
    ['PUT', '/health/ready', 'GET, HEAD'],
    ['POST', '/metrics', 'GET, HEAD'],
  ])('responds 405 to %s %s, and lists the allowed methods', async (method, path, allowed) => {
    const { status, headers, body } = await testApp.send(method, path);
    expect(status).toBe(405);
    expect(headers.get('Allow')).toBe(allowed);
    expect(body).toMatchObject({ error: 'METHOD_NOT_ALLOWED', message: `This path takes ${allowed} only.` });
  });

  it.each([
    ...['/', '/docs', '/openapi.json', '/health/live', '/health/ready', '/nowhere', '/metrics'],
    ...routes.filter(({ method }) => method === 'GET').map(({ path }) => path),
  ])('responds to HEAD %s with the headers of GET, without a body', async (path) => {
    const url = path.replaceAll(/\{\w+\}/g, await ana.postsLoan());
    const [get, head] = [await ana.get(url), await ana.send('HEAD', url)];
    expect([head.status, head.text]).toEqual([get.status, '']);
    expect(head.headers.get('Content-Length')).toBe(String(Buffer.byteLength(get.text)));
    const namesOf = ({ headers }: typeof get) => [...headers.keys()].filter((name) => name !== 'content-length');
    expect(namesOf(head)).toEqual(namesOf(get));
    expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'));
  });

  it('cancels a stream that a GET would get instead of reading it', async () => {
    let pulls = 0;
    const cancelled = Promise.withResolvers<void>();
    const app = new Hono().use(dropBodyOfHead).get('/', (context) => {
      const pull = (controller: ReadableStreamDefaultController) => {
        pulls += 1;
        controller.enqueue(Buffer.from('x'));
      };
      return context.body(new ReadableStream({ pull, cancel: () => cancelled.resolve() }), 200, { 'Content-Type': 'text/csv' });
    });
    const { status, headers, body } = await app.request('/', { method: 'HEAD' });
    expect([status, headers.get('Content-Type'), headers.get('Content-Length'), body]).toEqual([200, 'text/csv', null, null]);
    await cancelled.promise;
    expect(pulls).toBeLessThan(3);
  });

  it('responds 204 to OPTIONS /, the default check of HAProxy', async () => {
    const { status, headers, text } = await testApp.send('OPTIONS', '/');
    expect([status, headers.get('Allow'), text]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
  });
});

describe('httpApp query parameters', () => {
  const commands = routes.filter(({ method }) => method !== 'GET');

  it.each(commands.map(({ method, path }) => [method, path]))(
    'rejects an unknown query parameter of %s %s',
    async (method, path) => {
      const url = `${path.replaceAll(/\{\w+\}/g, await ana.postsLoan())}?dryrun=true&dryrun=1&rows=&loan_id=x`;
      let status = 0;
      let problem: Record<string, unknown> = {};
      const request = path.endsWith('/imports') ? { raw: '', headers: { 'Content-Type': 'text/csv' } } : {};
      const calls = await testApp.callsOf(async () => {
        ({ status, body: problem } = await ana.send(method, url, request));
      });
      expect([status, problem['error'], calls]).toEqual([400, 'VALIDATION_ERROR', []]);
      const known = path.endsWith('/imports') ? 'mode, dry_run' : 'none';
      const message = (name: string) => `There is no query parameter "${name}" here. This call takes ${known}.`;
      const unknown = ['dryrun', 'rows', 'loan_id'].map((name) => ({ path: name, code: 'INVALID', message: message(name) }));
      expect(problem['message']).toBe(message('dryrun'));
      expect(problem['details']).toMatchObject(expect.arrayContaining(unknown));
    },
  );

  it('rejects unknown query parameters after token, e-mail and key, before the body’s members', async () => {
    const [url, body] = ['/loans?note=1', { ...LOAN, amount: -1 }];
    const unverified = await testApp.as('unverified@example.com', { email_verified: false });
    expect((await testApp.send('POST', url, { body })).status).toBe(401);
    expect((await unverified.post(url, body)).status).toBe(403);
    const { details } = (await ana.post(url, body, { 'Idempotency-Key': '' })).body;
    expect(details.map(({ path }: { path: string }) => path)).toEqual(['Idempotency-Key', 'note', 'amount']);
  });

  it.each(['mode=per_row&mode=per_row', 'dry_run=true&dry_run=true', 'dry_run=false&dry_run=true'])(
    'rejects the repeated query parameter %s of an import',
    async (query) => {
      const request = { raw: 'email,contribution_amount\nb@example.com,5', headers: { 'Content-Type': 'text/csv' } };
      const { status, body } = await ana.send('POST', `/loans/${await ana.postsLoan()}/lenders/imports?${query}`, request);
      expect(status).toBe(400);
      expect(body.details).toMatchObject([{ path: query.split('=')[0], code: 'INVALID' }]);
    },
  );

  it.each(['limit=5&limit=5', 'limit=5&limit=6', 'role=borrower&role=borrower', 'cursor=a&cursor=a'])(
    'rejects the repeated query parameter %s',
    async (query) => {
      const { status, body } = await ana.get(`/loans?${query}`);
      expect(status).toBe(400);
      expect(body.details).toMatchObject([{ path: query.split('=')[0], code: 'INVALID' }]);
    },
  );

  it('ignores unknown query parameters of reads, also repeated ones', async () => {
    expect((await ana.get('/loans?colour=red&colour=blue&__proto__=x')).status).toBe(200);
  });

  it('does not search the query again for each of its parameters', async () => {
    const search = vi.spyOn(URLSearchParams.prototype, 'getAll');
    const names = Array.from({ length: 3000 }, (_, index) => index.toString(36));
    expect((await ana.get(`/loans?limit=1&${names.join('&')}`)).status).toBe(200);
    expect(search).not.toHaveBeenCalled();
    search.mockRestore();
  });

  it('validates a query parameter with an invalid escape as sent', async () => {
    expect((await ana.get('/loans?limit=%zz')).status).toBe(400);
  });

  it('does not take path parameters or body members from the query', async () => {
    const loanId = await ana.postsLoan();
    expect((await ana.get(`/loans/nothing?loan_id=${loanId}`)).status).toBe(404);
    expect((await ana.post('/loans?amount=5', { interest_rate: 1, term_months: 1 })).status).toBe(400);
  });
});

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

describe('httpApp security headers', () => {
  it.each(['/loans', '/loans?limit=0', '/nowhere', '/health/live', '/metrics'])('sets the security headers on %s', async (path) => {
    const { headers } = await ana.get(path);
    const found = Object.keys(SECURITY_HEADERS).map((name) => [name, headers.get(name)]);
    expect(Object.fromEntries(found)).toEqual(SECURITY_HEADERS);
  });

  it.each(['/docs', '/openapi.json'])(
    'sets the security headers on %s, which may be kept if it is checked each time',
    async (path) => {
      const { headers } = await ana.get(path);
      const found = Object.keys(SECURITY_HEADERS).map((name) => [name, headers.get(name)]);
      expect(Object.fromEntries(found)).toEqual({ ...SECURITY_HEADERS, 'Cache-Control': 'no-cache' });
    },
  );
});

describe('httpApp CORS', () => {
  const origin = 'https://app.example.com';
  const preflightHeaders = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization',
  };
  const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

  it('sets no CORS headers unless origins are configured', async () => {
    const preflight = await testApp.send('OPTIONS', '/loans', { headers: preflightHeaders });
    const read = await ana.get('/loans', { Origin: origin });
    expect([preflight.status, read.status]).toEqual([405, 200]);
    expect([...corsHeaders(preflight.headers), ...corsHeaders(read.headers)]).toEqual([]);
  });

  it('allows cross-origin requests from configured origins', async () => {
    const open = await openTestApp({ config: { corsOrigins: [origin, 'http://localhost:5173'] } });
    const preflight = await open.send('OPTIONS', '/loans', { headers: preflightHeaders });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe(origin);
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toBe('DELETE,GET,PATCH,POST');
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toMatch(/Authorization,Content-Type,Idempotency-Key/);
    expect(preflight.headers.get('Access-Control-Allow-Headers')?.split(',')).toContain('Last-Event-ID');
    expect(preflight.headers.get('Access-Control-Max-Age')).toBe('600');
    const unauthorized = await open.get('/loans', { Origin: 'http://localhost:5173' });
    expect(unauthorized.status).toBe(401);
    expect(unauthorized.headers.get('Access-Control-Allow-Origin')).toBe('http://localhost:5173');
    expect(unauthorized.headers.get('Access-Control-Expose-Headers')).toMatch(/Location,X-Request-Id,Retry-After/);
    expect(unauthorized.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect(unauthorized.headers.get('Vary')).toContain('Origin');
    await open.close();
  });

  it.each([
    'https://app.example.com.evil.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://example.com',
    'null',
    '*',
  ])('does not allow cross-origin requests from the similar origin %s', async (other) => {
    const open = await openTestApp({ config: { corsOrigins: [origin] } });
    const preflight = await open.send('OPTIONS', '/loans', { headers: { ...preflightHeaders, Origin: other } });
    const read = await open.get('/health/live', { Origin: other });
    expect([preflight, read].map(({ headers }) => headers.get('Access-Control-Allow-Origin'))).toEqual([null, null]);
    await open.close();
  });
});

describe('httpApp traceparent', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parentId = '00f067aa0ba902b7';

  /** Posts a loan. @returns the trace in the log and in the loan's first event batch */
  async function traceOf(traceparent: string) {
    const { body } = await ana.post('/loans', LOAN, { traceparent });
    const loanId = parseLoanId(body.loan.loan_id);
    if (!loanId) throw new Error('the response has no loan id');
    const [batch] = await testApp.store.list(eventBatchesOf(loanId, 0, 1));
    return { logged: lastLine(testApp)['trace_id'], stored: batch?.data.traceparent };
  }

  it.each([`00-${traceId}-${parentId}-01`, `00-${traceId}-${parentId}-00`, `42-${traceId}-${parentId}-01-more`])(
    'propagates the traceparent %s with a new parent id',
    async (traceparent) => {
      const { logged, stored } = await traceOf(traceparent);
      expect(logged).toBe(traceId);
      expect(stored).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-${traceparent.split('-')[3]}$`));
      expect(stored).not.toContain(parentId);
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
  ])('ignores the malformed traceparent %s', async (traceparent) => {
    expect(await traceOf(traceparent)).toEqual({ logged: undefined, stored: null });
  });
});
