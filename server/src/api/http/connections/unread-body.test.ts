import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTo, type RawConnection, serveTestApp } from '../../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { TestUser } from '../../../testing/app/test-user.ts';
import { startHttpServer } from '../../../testing/http-server.ts';
import type { HttpServer } from '../http-server.ts';
import { discardUnreadBody } from './unread-body.ts';

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** More than the buffers of both ends hold, so a server that does not read it resets the connection. */
const LARGE = 5_000_000;

let testApp: TestApp;
let ana: TestUser;
let loanId: string;
let server: HttpServer;
let connection: RawConnection;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
  loanId = await ana.postsLoan();
  server = await serveTestApp(testApp);
  connection = await connectTo(server.url);
});

afterEach(async () => {
  connection.hangUp();
  await server.close();
  await testApp.close();
});

/** @param request method, path, and headers; LOAN and TOKEN in it are replaced */
function head(request: readonly string[], ...framing: string[]): string {
  const [target, ...headers] = request.map((line) => line.replace('LOAN', loanId).replace('TOKEN', ana.token));
  return `${[`${target} HTTP/1.1`, 'Host: localhost', ...headers, ...framing].join('\r\n')}\r\n\r\n`;
}

const [SIGNED_IN, JSON_TYPE, CSV_TYPE] = [
  'Authorization: Bearer TOKEN',
  'Content-Type: application/json',
  'Content-Type: text/csv',
];
const IMPORTS = 'POST /loans/LOAN/lenders/imports';

const EARLY: [string, number, string[]][] = [
  ['a JSON body that is too large', 413, ['POST /loans', SIGNED_IN, JSON_TYPE]],
  ['a GraphQL request that is too large', 413, ['POST /graphql', SIGNED_IN, JSON_TYPE]],
  ['a file that is too large', 413, [IMPORTS, SIGNED_IN, CSV_TYPE]],
  ['a path that is not found', 404, ['POST /nowhere']],
  ['a method that is not allowed', 405, ['PUT /loans']],
  ['a read with a body', 401, ['GET /loans']],
  ['a health check with a body', 200, ['GET /health/live']],
  ['a query with a body', 200, ['GET /loans', SIGNED_IN]],
  ['a link in mail that is too large', 413, ['POST /mail/decline', JSON_TYPE]],
];

/** Within the limit of a file, and above that of other bodies. */
const FILES: [string, number, string[]][] = [
  ['a file without its columns', 400, [IMPORTS, SIGNED_IN, CSV_TYPE]],
  ['a file of another media type', 415, [IMPORTS, SIGNED_IN, 'Content-Type: text/plain']],
  ['a file without a token', 401, [IMPORTS, CSV_TYPE]],
  ['a file with a bad token', 401, [IMPORTS, 'Authorization: Bearer x', CSV_TYPE]],
  ['a file for a loan that is not found', 404, ['POST /loans/none/lenders/imports', SIGNED_IN, CSV_TYPE]],
  ['a file with a malformed idempotency key', 400, [IMPORTS, SIGNED_IN, CSV_TYPE, 'Idempotency-Key: ä']],
];

/** Another process, as a client in this one would never send while the server responds. */
const CLIENT = `
  const [token, ...targets] = process.argv.slice(1);
  const statusOf = (url, init) => fetch(url, init).then(
    async (response) => (await response.text(), response.status),
    (error) => String(error.cause?.code ?? error),
  );
  const statuses = {};
  for (const target of targets) {
    const [type, url] = target.split(' ');
    const headers = { Authorization: 'Bearer ' + token, 'Content-Type': type };
    statuses[url] = [];
    for (let attempt = 0; attempt < 10; attempt += 1) {
      statuses[url].push(await statusOf(url, { method: 'POST', headers, body: 'x'.repeat(${LARGE}) }));
      statuses[url].push(await statusOf(new URL('/health/live', url)));
    }
  }
  console.log(JSON.stringify(statuses));
`;

const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

describe('listen: responses before the body was read', () => {
  it.each([...EARLY, ...FILES])('delivers the response to %s, a body by length', async (_, status, request) => {
    const bytes = request[0]?.includes('imports') && status !== 413 ? 400_000 : LARGE;
    // Reads only after the whole body, as simple clients do.
    await connection.sendWhole(head(request, `Content-Length: ${bytes}`) + 'x'.repeat(bytes));
    const response = await connection.answer();
    expect([response.status, response.headers.get('Connection')]).toEqual([status, 'close']);
    expect(await connection.end()).toBe('');
  });

  it.each([...EARLY, ...FILES])('delivers the response to %s, a body in chunks', async (_, status, request) => {
    await connection.sendWhole(head(request, 'Transfer-Encoding: chunked') + chunked('x'.repeat(LARGE)));
    const response = await connection.answer();
    expect(response.status).toBe(status === 413 && request[0] === IMPORTS ? 400 : status); // no header line: found first
    expect(response.headers.get('Connection')).toBe('close');
    expect(await connection.end()).toBe('');
  });

  it.each([
    ['without a token', 401, ['POST /loans', JSON_TYPE]],
    ['of another media type', 415, ['POST /loans', SIGNED_IN, 'Content-Type: text/plain']],
    ['to a path that is not found', 404, ['POST /nowhere']],
    ['with a method that is not allowed', 405, ['PUT /loans']],
    ['of a file without its columns', 400, [IMPORTS, SIGNED_IN, CSV_TYPE]],
    ['of GraphQL without a token', 401, ['POST /graphql', JSON_TYPE]],
  ])('discards a small body %s, and serves the next request', async (_, status, request) => {
    const bytes = 60_000;
    connection.send(head(request, `Content-Length: ${bytes}`) + 'x\n'.repeat(50));
    const response = await connection.answer();
    expect([response.status, response.headers.get('Connection')]).toEqual([status, 'keep-alive']);
    connection.send('x\n'.repeat(bytes / 2 - 50) + LIVE);
    expect((await connection.answer()).body).toEqual({ status: 'ok' });
  });

  it('destroys a kept connection whose small body does not arrive in time', async () => {
    const slow = await startHttpServer((incoming, response) => {
      discardUnreadBody(incoming, response, 20);
      response.end();
    });
    const client = await connectTo(slow.url);
    client.send(head(['POST /'], 'Content-Length: 100'));
    expect((await client.answer()).headers.get('Connection')).toBe('keep-alive');
    expect(await client.end()).toBe('');
    client.hangUp();
    await slow.close();
  });

  it('delivers the response to a client above its rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const limitedServer = await serveTestApp(limited);
    const statuses: number[] = [];
    for (let request = 0; request < 3; request += 1) {
      const client = await connectTo(limitedServer.url);
      await client.sendWhole(head(['POST /loans', JSON_TYPE], 'Transfer-Encoding: chunked') + chunked('x'.repeat(LARGE)));
      statuses.push((await client.answer()).status);
      expect(await client.end()).toBe('');
      client.hangUp();
    }
    expect(statuses).toEqual([401, 401, 429]);
    await limitedServer.close();
    await limited.close();
  });

  it('delivers the response to a client that asks to close', async () => {
    await connection.sendWhole(head(['POST /nowhere', 'Connection: close'], `Content-Length: ${LARGE}`) + 'x'.repeat(LARGE));
    expect((await connection.answer()).status).toBe(404);
    expect(await connection.end()).toBe('');
  });

  it('does not run a request after one with whose response the connection closes', async () => {
    const cancel = head(['POST /loans/LOAN/cancel', SIGNED_IN], 'Content-Length: 0');
    await connection.sendWhole(head(['POST /nowhere'], `Content-Length: ${LARGE}`) + 'x'.repeat(LARGE) + cancel);
    expect((await connection.answer()).status).toBe(404);
    expect(await connection.end()).toBe('');
    expect((await ana.get(`/loans/${loanId}`)).body.loan.status).toBe('open');
  });

  it('delivers 413 to fetch each time, and its next request', async () => {
    const json = ['/loans', '/graphql'].map((path) => `application/json ${server.url}${path}`);
    const targets = [...json, `text/csv ${server.url}/loans/${loanId}/lenders/imports`];
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', CLIENT, ana.token, ...targets]);
    const delivered = Array.from({ length: 10 }, () => [413, 200]).flat();
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(targets.map((target) => [target.split(' ')[1], delivered])));
  });

  it.each([
    ['too large', 413, ['POST /loans', SIGNED_IN, JSON_TYPE], LARGE],
    ['too large, without a token', 413, ['POST /loans', JSON_TYPE], LARGE],
    ['too large for a file', 413, [IMPORTS, SIGNED_IN, CSV_TYPE], LARGE],
    ['of another media type', 415, ['POST /loans', 'Content-Type: text/plain'], 20],
    ['without a token', 401, ['POST /loans', JSON_TYPE], 20],
    ['of GraphQL without a token, which is large', 401, ['POST /graphql', JSON_TYPE], 20_000],
    ['to a path that is not found', 404, ['POST /nowhere'], 20],
    ['with a method that is not allowed', 405, ['PUT /loans'], 20],
  ])('does not ask for a body %s', async (_, status, request, bytes) => {
    connection.send(head(request, `Content-Length: ${bytes}`, 'Expect: 100-continue'));
    const response = await connection.answer();
    expect([response.status, response.headers.get('Connection')]).toEqual([status, 'close']);
    expect(response.body.success ?? false).toBe(false);
    expect(await connection.end()).toBe('');
  });
});
