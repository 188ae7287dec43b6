import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { lastLine } from '../../testing/app/log-lines.ts';
import { connectTo, type RawConnection, serveTestApp } from '../../testing/app/raw-http.ts';
import type { TestResponse } from '../../testing/app/response.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import { type HttpServer, listen } from './http-server.ts';

const HEADERS_TIMEOUT_MS = 200;
const REQUEST_TIMEOUT_MS = 300;
const HEADER_BYTES_MAX = 16_384;
/** Less than the time after which a stopping server closes all connections. */
const TEST_TIMEOUT_MS = 5000;

let testApp: TestApp;
let ana: TestUser;
let server: HttpServer;
let connection: RawConnection;

beforeEach(async () => {
  testApp = await openTestApp();
  ana = await testApp.as('ana@example.com');
  server = await serveTestApp(testApp);
  connection = await connectTo(server.url);
});

afterEach(async () => {
  connection.hangUp();
  await server.close();
  await testApp.close();
});

const LIVE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** The head of a request that posts a loan. */
function postHead(...headers: string[]): string {
  const lines = ['POST /loans HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${ana.token}`, 'Content-Type: application/json'];
  return `${[...lines, ...headers].join('\r\n')}\r\n\r\n`;
}

function expectProblem({ status, headers, body }: TestResponse, expected: number): void {
  expect(status).toBe(expected);
  expect(headers.get('Content-Type')).toBe('application/problem+json');
  expect(headers.get('Connection')).toBe('close');
  expect(body).toMatchObject({ status: expected, success: false, request_id: headers.get('X-Request-Id') });
  expect(body.message).toBe(body.detail);
}

describe('listen: connections', () => {
  it('serves pipelined requests in order', async () => {
    connection.send(LIVE);
    expect((await connection.answer()).status).toBe(200);
    const body = JSON.stringify(LOAN);
    connection.send(`${postHead(`Content-Length: ${body.length}`)}${body}${LIVE}`);
    expect((await connection.answer()).status).toBe(201);
    const { headers, body: health } = await connection.answer();
    expect(health).toEqual({ status: 'ok' });
    expect(headers.get('Connection')).toBe('keep-alive');
  });

  it('closes the connection on request of the client', async () => {
    connection.send(LIVE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect((await connection.answer()).headers.get('Connection')).toBe('close');
    expect(await connection.end()).toBe('');
  });
});

describe('listen: connections of one address', () => {
  /** Begins a request, which is under way until its body is sent. */
  async function begin(raw: RawConnection): Promise<void> {
    raw.send(postHead('Content-Length: 2', 'Expect: 100-continue'));
    expect((await raw.answer()).status).toBe(100);
  }

  async function limited(settings: Parameters<typeof serveTestApp>[1] = {}) {
    const limitedServer = await serveTestApp(testApp, { connectionLimits: { perAddressMax: 2 }, ...settings });
    const open: RawConnection[] = [];
    return {
      async connect() {
        const raw = await connectTo(limitedServer.url);
        open.push(raw);
        return raw;
      },
      async close() {
        for (const raw of open) raw.hangUp();
        await limitedServer.close();
      },
    };
  }

  it('responds 429 to a connection of an address whose others are in use, and closes it', async () => {
    const { connect, close } = await limited();
    const busy = [await connect(), await connect()];
    await Promise.all(busy.map(begin));
    const rejected = await connect();
    rejected.send(LIVE);
    const response = await rejected.answer();
    expectProblem(response, 429);
    expect([response.headers.get('Retry-After'), response.body.error]).toEqual(['10', 'TOO_MANY_REQUESTS']);
    expect(await rejected.end()).toBe('');
    for (const raw of busy) raw.send('{}');
    expect((await Promise.all(busy.map((raw) => raw.answer()))).map(({ status }) => status)).toEqual([400, 400]);
    await close();
  });

  it('closes the longest idle connection of an address for its next one', async () => {
    const { connect, close } = await limited();
    const [first, second] = [await connect(), await connect()];
    for (const raw of [second, first]) {
      raw.send(LIVE);
      await raw.answer();
    }
    const next = await connect();
    expect(await second.end()).toBe('');
    for (const raw of [first, next]) {
      raw.send(LIVE);
      expect((await raw.answer()).status).toBe(200);
    }
    await close();
  });

  it('closes idle connections of any address while many are open', async () => {
    const { connect, close } = await limited({ connectionLimits: { idleFrom: 1 } });
    const idle = await connect();
    idle.send(LIVE);
    await idle.answer();
    const next = await connect();
    expect(await idle.end()).toBe('');
    next.send(LIVE);
    expect((await next.answer()).status).toBe(200);
    await close();
  });

  it('does not limit the connections of our own proxies', async () => {
    const { connect, close } = await limited({ connectionLimits: { perAddressMax: 1 }, trustedHops: 1 });
    const many = [await connect(), await connect(), await connect()];
    await Promise.all(many.map(begin));
    const next = await connect();
    next.send(LIVE);
    expect((await next.answer()).status).toBe(200);
    await close();
  });
});

describe('listen: request rate', () => {
  const ANONYMOUS = 'GET /loans HTTP/1.1\r\nHost: localhost\r\n\r\n';

  async function connectionAfter429(trustedHops: number): Promise<string | null> {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const limitedServer = await serveTestApp(limited, { trustedHops });
    const client = await connectTo(limitedServer.url);
    onTestFinished(async () => {
      client.hangUp();
      await limitedServer.close();
      await limited.close();
    });
    for (let request = 0; request < 2; request += 1) {
      client.send(ANONYMOUS);
      expect((await client.answer()).headers.get('Connection')).toBe('keep-alive');
    }
    client.send(ANONYMOUS);
    const { status, headers } = await client.answer();
    expect(status).toBe(429);
    return headers.get('Connection');
  }

  it('closes the connection of a client above its rate, as new ones are limited', async () => {
    expect(await connectionAfter429(0)).toBe('close');
  });

  it('keeps a connection of our own proxy, which serves other clients too', async () => {
    expect(await connectionAfter429(1)).toBe('keep-alive');
  });
});

describe('listen: expectations', () => {
  it('asks for a body only once its sender is authorized', async () => {
    const body = JSON.stringify(LOAN);
    const expecting = ['Expect: 100-continue', `Content-Length: ${body.length}`];
    connection.send(postHead(...expecting));
    expect((await connection.answer()).status).toBe(100);
    connection.send(body);
    const response = await connection.answer();
    expect([response.status, response.headers.get('Connection')]).toEqual([201, 'keep-alive']);
    connection.send(postHead(...expecting).replace(ana.token, 'none'));
    const rejected = await connection.answer();
    expectProblem(rejected, 401);
    expect(await connection.end()).toBe('');
  });

  it('responds 417 to other expectations', async () => {
    connection.send(LIVE.replace('\r\n\r\n', '\r\nExpect: tea\r\n\r\n'));
    const response = await connection.answer();
    expectProblem(response, 417);
    expect(response.body.error).toBe('EXPECTATION_FAILED');
  });
});

describe('listen: bodies', () => {
  it.each([
    ['declared length', (bytes: string) => `${postHead(`Content-Length: ${bytes.length}`)}${bytes}`],
    [
      'received bytes',
      (bytes: string) => `${postHead('Transfer-Encoding: chunked')}${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`,
    ],
  ])('limits a body to 65,536 bytes, by its %s', async (_, send) => {
    connection.send(send(JSON.stringify(LOAN).padEnd(65_536)));
    expect((await connection.answer()).status).toBe(201);
    connection.send(send(JSON.stringify(LOAN).padEnd(65_537)));
    expect((await connection.answer()).status).toBe(413);
  });

  it('logs a body that breaks off as a client error', async () => {
    connection.send(`${postHead('Content-Length: 100')}{`);
    connection.hangUp();
    const line = await vi.waitFor(() => lastLine(testApp));
    expect(line).toMatchObject({ level: 30, error: 'VALIDATION_ERROR', error_type: 'ValidationError' });
  });

  it('responds 400 to malformed chunks', async () => {
    connection.send(`${postHead('Transfer-Encoding: chunked')}zz\r\n`);
    expectProblem(await connection.answer(), 400);
  });
});

describe('listen: timeouts', () => {
  beforeEach(async () => {
    connection.hangUp();
    await server.close();
    server = await serveTestApp(testApp, { headersTimeoutMs: HEADERS_TIMEOUT_MS, requestTimeoutMs: REQUEST_TIMEOUT_MS });
    connection = await connectTo(server.url);
  });

  it('responds 408 to incomplete headers and closes the connection', async () => {
    connection.send('GET /health/live HTTP/1.1\r\nHost: loc');
    const response = await connection.answer();
    expectProblem(response, 408);
    expect(response.body).toMatchObject({ retryable: true, message: 'The request took too long to arrive. Please send it again.' });
    expect(await connection.end()).toBe('');
  });

  it('responds 408 to an incomplete body and closes the connection', async () => {
    connection.send(`${postHead('Content-Length: 100')}{`);
    expectProblem(await connection.answer(), 408);
    expect(await connection.end()).toBe('');
  });

  it('responds to an incomplete body with the request id and the media type that its headers name', async () => {
    connection.send(`${postHead('X-Request-Id: slow', 'Accept: application/json', 'Content-Length: 100')}{`);
    const { status, headers, body } = await connection.answer();
    expect([status, headers.get('X-Request-Id'), body.request_id]).toEqual([408, 'slow', 'slow']);
    expect(headers.get('Content-Type')).toBe('application/json');
  });

  it('gives a broken request behind another an id of its own', async () => {
    connection.send(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: first\r\n\r\nGET / HTTP/1.1\r\nHost`);
    expect((await connection.answer()).headers.get('X-Request-Id')).toBe('first');
    const broken = await connection.answer();
    expect([broken.status, broken.headers.get('X-Request-Id') === 'first']).toEqual([408, false]);
  });

  it('closes the connection of an incomplete body that has its response, without another', async () => {
    connection.send('POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    expect((await connection.answer()).status).toBe(404);
    expect(await connection.end()).toBe('');
  });

  it(
    'closes a timed-out connection that the client keeps open',
    async () => {
      connection.send('GET /health/live HTTP/1.1\r\nHost: loc');
      expectProblem(await connection.answer(), 408);
      await server.close();
    },
    TEST_TIMEOUT_MS,
  );
});

describe('listen: a response that stays open', () => {
  it('is cut off by disconnect', async () => {
    const begun = Promise.withResolvers<() => void>();
    const silent = await listen(
      async (_request, { disconnect = () => {} }) =>
        new Response(new ReadableStream({ pull: () => begun.resolve(disconnect) }, { highWaterMark: 0 })),
      { host: '127.0.0.1', port: 0, ids: testApp.app.services.ids },
    );
    const reader = await connectTo(silent.url);
    reader.send(LIVE);
    const disconnect = await begun.promise;
    expect((await reader.answer()).status).toBe(200);
    disconnect();
    expect(await reader.end()).toBe('');
    await silent.close();
  });
});

describe('HttpServer.close', () => {
  it(
    'finishes running requests, accepts no others, and closes idle connections',
    async () => {
      const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const respond = async ({ url }: Request) => {
        if (url.endsWith('/slow')) {
          arrived.resolve();
          await released.promise;
        }
        return new Response('done', { headers: { 'Content-Length': '4' } });
      };
      const stopping = await listen(respond, { host: '127.0.0.1', port: 0, ids: testApp.app.services.ids });
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
    TEST_TIMEOUT_MS,
  );
});

describe('listen: malformed requests', () => {
  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n'],
    ['two lengths', `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    ['a length and chunks', 'POST /loans HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost localhost\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a host with a space', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a backslash in the path', 'GET /a\\b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('responds 400 to a request with %s and closes the connection', async (_, bytes) => {
    connection.send(bytes);
    const response = await connection.answer();
    expectProblem(response, 400);
    expect(response.body).toMatchObject({ error: 'VALIDATION_ERROR', retryable: false });
    expect(await connection.end()).toBe('');
  });

  it('responds 431 to headers over 16 KiB', async () => {
    connection.send(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-More: ${'x'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`);
    const response = await connection.answer();
    expectProblem(response, 431);
    expect(response.body.message).toBe('The headers are larger than 16384 bytes.');
    const spare = 200;
    const other = await connectTo(server.url);
    other.send(`GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-More: ${'x'.repeat(HEADER_BYTES_MAX - spare)}\r\n\r\n`);
    expect((await other.answer()).status).toBe(200);
    other.hangUp();
  });
});
