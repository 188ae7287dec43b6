import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lastLine } from '../../testing/app/log-lines.ts';
import { connectTo, serveLab, type Wire } from '../../testing/app/raw-http.ts';
import { type Answer, LOAN, openTestApp, type Person, type TestApp } from '../../testing/app/test-app.ts';
import { type HttpServer, listen } from './http-server.ts';

const HEADERS_TIMEOUT_MS = 200;
const REQUEST_TIMEOUT_MS = 300;
const HEADER_BYTES_MAX = 16_384;
/** Far less than the time after which a server that is stopped breaks all connections off. */
const SOON_MS = 5000;

let testApp: TestApp;
let ana: Person;
let server: HttpServer;
let wire: Wire;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
  server = await serveLab(testApp, { headersTimeoutMs: HEADERS_TIMEOUT_MS, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  wire = await connectTo(server.url);
});

afterEach(async () => {
  wire.hangUp();
  await server.close();
  await testApp.close();
});

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** The head of a request that posts a loan. */
function posting(...headers: string[]): string {
  const always = [
    'POST /loans HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${ana.token}`,
    'Content-Type: application/json',
  ];
  return `${[...always, ...headers].join('\r\n')}\r\n\r\n`;
}

function expectProblem({ status, headers, body }: Answer, expected: number): void {
  expect(status).toBe(expected);
  expect(headers.get('Content-Type')).toBe('application/problem+json');
  expect(headers.get('Connection')).toBe('close');
  expect(body).toMatchObject({ status: expected, success: false, request_id: headers.get('X-Request-Id') });
  expect(body.message).toBe(body.detail);
}

describe('a connection', () => {
  it('serves one request after the other, also when they are sent at once', async () => {
    wire.send(LIVE);
    expect((await wire.answer()).status).toBe(200);
    const body = JSON.stringify(LOAN);
    wire.send(`${posting(`Content-Length: ${body.length}`)}${body}${LIVE}`);
    expect((await wire.answer()).status).toBe(201);
    const { headers, body: health } = await wire.answer();
    expect(health).toEqual({ status: 'ok' });
    expect(headers.get('Connection')).toBe('keep-alive');
  });

  it('is closed where the client asks for it', async () => {
    wire.send(LIVE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect((await wire.answer()).headers.get('Connection')).toBe('close');
    expect(await wire.end()).toBe('');
  });
});

describe('a body', () => {
  it.each([
    ['by its declared length', (bytes: string) => `${posting(`Content-Length: ${bytes.length}`)}${bytes}`],
    [
      'by what arrives',
      (bytes: string) => `${posting('Transfer-Encoding: chunked')}${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`,
    ],
  ])('is taken up to 65,536 bytes and no further, measured %s', async (_, send) => {
    wire.send(send(JSON.stringify(LOAN).padEnd(65_536)));
    expect((await wire.answer()).status).toBe(201);
    wire.send(send(JSON.stringify(LOAN).padEnd(65_537)));
    expect((await wire.answer()).status).toBe(413);
  });

  it('that is cut off is the client’s fault and wakes nobody', async () => {
    wire.send(`${posting('Content-Length: 100')}{`);
    wire.hangUp();
    const line = await vi.waitFor(() => lastLine(testApp));
    expect(line).toMatchObject({ level: 30, error: 'VALIDATION_ERROR', error_type: 'ValidationError' });
  });

  it('in broken chunks is refused as malformed', async () => {
    wire.send(`${posting('Transfer-Encoding: chunked')}zz\r\n`);
    expectProblem(await wire.answer(), 400);
  });
});

describe('a slow client', () => {
  it('that does not finish its headers is cut off with 408', async () => {
    wire.send('GET /health/live HTTP/1.1\r\nHost: loc');
    const answer = await wire.answer();
    expectProblem(answer, 408);
    expect(answer.body).toMatchObject({ retryable: true, message: 'The request took too long to arrive. Please send it again.' });
    expect(await wire.end()).toBe('');
  });

  it('that does not finish its body is cut off with 408', async () => {
    wire.send(`${posting('Content-Length: 100')}{`);
    expectProblem(await wire.answer(), 408);
    expect(await wire.end()).toBe('');
  });

  it(
    'that was cut off and does not hang up can’t keep its connection',
    async () => {
      wire.send('GET /health/live HTTP/1.1\r\nHost: loc');
      expectProblem(await wire.answer(), 408);
      await server.close();
    },
    SOON_MS,
  );
});

describe('a server that is stopped', () => {
  it(
    'finishes the request under way, takes no other, and lets go of connections that are kept alive',
    async () => {
      const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const answer = async ({ url }: Request) => {
        if (url.endsWith('/slow')) {
          arrived.resolve();
          await released.promise;
        }
        return new Response('done', { headers: { 'Content-Length': '4' } });
      };
      const stopping = await listen(answer, { host: '127.0.0.1', port: 0, ids: testApp.app.services.ids });
      const [busy, idle] = [await connectTo(stopping.url), await connectTo(stopping.url)];
      idle.send(LIVE);
      await idle.answer();
      busy.send(LIVE.replace('/health/live', '/slow'));
      await arrived.promise;
      const stopped = stopping.close();
      await expect(connectTo(stopping.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(await idle.end()).toBe('');
      released.resolve();
      expect((await busy.answer()).text).toBe('done');
      expect(await busy.end()).toBe('');
      await stopped;
    },
    SOON_MS,
  );
});

describe('what is no request', () => {
  it.each([
    ['is not HTTP at all', 'hello\r\n\r\n'],
    ['has two lengths', `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    [
      'has a length and chunks',
      'POST /loans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    ],
    ['has a header without a colon', 'GET / HTTP/1.1\r\nHost localhost\r\n\r\n'],
    ['asks no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['asks no host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['asks a host with a space', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['asks a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['asks for no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['asks with a backslash', 'GET /a\\b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('because it %s is answered 400 and hung up on', async (_, bytes) => {
    wire.send(bytes);
    const answer = await wire.answer();
    expectProblem(answer, 400);
    expect(answer.body).toMatchObject({ error: 'VALIDATION_ERROR', retryable: false });
    expect(await wire.end()).toBe('');
  });

  it('because its headers are over 16 KiB is answered 431', async () => {
    wire.send(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-More: ${'x'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`);
    const answer = await wire.answer();
    expectProblem(answer, 431);
    expect(answer.body.message).toBe('The headers are larger than 16384 bytes.');
    const spare = 200;
    const other = await connectTo(server.url);
    other.send(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-More: ${'x'.repeat(HEADER_BYTES_MAX - spare)}\r\n\r\n`);
    expect((await other.answer()).status).toBe(200);
    other.hangUp();
  });
});
