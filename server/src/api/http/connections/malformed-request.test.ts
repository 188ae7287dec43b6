import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTo, type RawConnection, serveTestApp } from '../../../testing/app/raw-http.ts';
import type { TestResponse } from '../../../testing/app/response.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { HttpServer } from '../http-server.ts';

let testApp: TestApp;
let server: HttpServer;
let connection: RawConnection;

beforeEach(async () => {
  testApp = await openTestApp();
  server = await serveTestApp(testApp);
  connection = await connectTo(server.url);
});

afterEach(async () => {
  connection.hangUp();
  await server.close();
  await testApp.close();
});

const HOST = 'Host: localhost';
const LIVE = `GET /health/live HTTP/1.1\r\n${HOST}\r\n\r\n`;
const request = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...headers: string[]) => request('GET /health/live HTTP/1.1', ...headers);
const post = (...headers: string[]) => request('POST /loans HTTP/1.1', HOST, ...headers);
const JSON_ONLY = 'Accept: application/json';
const WEBSOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

function expectProblem({ status, headers, body }: TestResponse, expected: number): void {
  expect([status, headers.get('Content-Type')]).toEqual([expected, 'application/problem+json']);
  expect(body).toMatchObject({ status: expected, success: false, request_id: headers.get('X-Request-Id') });
}

describe('listen: what HTTP/1.1 does not allow', () => {
  it.each<[string, string | Uint8Array]>([
    ['two Host headers', get(HOST, HOST)],
    ['two different Host headers', get(HOST, 'Host: example.com')],
    ['an empty Host header', get('Host:')],
    ['a host with a user', get('Host: ana@localhost')],
    ['a host with a query', get('Host: localhost?x')],
    ['a host with an invalid escape', get('Host: a%zz')],
    ['a host with an invalid port', get('Host: localhost:99999')],
    ['two Host headers in HTTP/1.0', request('GET /health/live HTTP/1.0', HOST, HOST)],
    ['an unknown scheme', request('GET ftp://localhost/ HTTP/1.1', HOST)],
    ['an absolute target without a host', request('GET http:// HTTP/1.1', HOST)],
    ['bytes beyond ASCII in the path', request('GET /ä HTTP/1.1', HOST)],
    ['no version', 'GET /health/live\r\n\r\n'],
    ['an unknown version', request('GET /health/live HTTP/3.7', HOST)],
    ['the version of HTTP/2', request('GET /health/live HTTP/2.0', HOST)],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['the hello of TLS', Buffer.from('16030100a5010000a1030300000000', 'hex')],
    ['two lengths that are the same', `${post('Content-Length: 2', 'Content-Length: 2')}{}`],
    ['a negative length', `${post('Content-Length: -2')}{}`],
    ['a length with a sign', `${post('Content-Length: +2')}{}`],
    ['an unknown transfer coding', post('Transfer-Encoding: gzip')],
    ['a transfer coding that looks like chunks', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`],
    ['a compressed transfer coding', `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`],
    ['chunks in HTTP/1.0', `${request('POST /loans HTTP/1.0', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['a header name with a space', get(HOST, 'X Y: 1')],
    ['a space after a header name', get(HOST, 'X : 1')],
    ['a folded header', get(HOST, 'X: 1\r\n 2')],
    ['line feeds only', LIVE.replaceAll('\r', '')],
    ['a zero byte in a header', get(HOST, 'X: \0')],
    ['a WebSocket without a host', request('GET /feed HTTP/1.1', ...WEBSOCKET)],
    ['a WebSocket with two hosts', request('GET /feed HTTP/1.1', HOST, HOST, ...WEBSOCKET)],
  ])('responds once with 400 to %s, and closes the connection', async (_, bytes) => {
    connection.send(bytes);
    const response = await connection.answer();
    expectProblem(response, 400);
    expect(response.headers.get('Connection')).toBe('close');
    expect(await connection.end()).toBe('');
  });

  it.each([
    ['a Host header twice', get(HOST, HOST, 'X-Request-Id: mine'), 400],
    ['another expectation', get(HOST, 'Expect: tea', 'X-Request-Id: mine'), 417],
    ['a WebSocket at another path', request('GET /docs HTTP/1.1', HOST, 'X-Request-Id: mine', ...WEBSOCKET), 404],
    ['CONNECT', request('CONNECT localhost:443 HTTP/1.1', HOST, 'X-Request-Id: mine'), 405],
  ])('takes the request id of a request with %s', async (_, bytes, status) => {
    connection.send(bytes);
    const response = await connection.answer();
    expectProblem(response, status);
    expect(response.headers.get('X-Request-Id')).toBe('mine');
  });

  it.each([
    ['a Host header twice', get(HOST, HOST, JSON_ONLY), 400],
    ['another expectation', get(HOST, 'Expect: tea', JSON_ONLY), 417],
    ['a WebSocket at another path', request('GET /docs HTTP/1.1', HOST, JSON_ONLY, ...WEBSOCKET), 404],
    ['CONNECT', request('CONNECT localhost:443 HTTP/1.1', HOST, JSON_ONLY), 405],
  ])('responds with application/json to a client that accepts only that, for %s', async (_, bytes, status) => {
    connection.send(bytes);
    const response = await connection.answer();
    expect([response.status, response.headers.get('Content-Type')]).toEqual([status, 'application/json']);
    expect(response.body).toMatchObject({ type: expect.stringMatching(/^urn:private-lending:error:/), status });
  });

  it('responds to the requests before a malformed one first', async () => {
    connection.send(`${get(HOST)}${request('GET /docs HTTP/1.1', HOST)}FOO /\r\n\r\n`);
    expect([await connection.answer(), await connection.answer()].map(({ status }) => status)).toEqual([200, 200]);
    expectProblem(await connection.answer(), 400);
    expect(await connection.end()).toBe('');
  });

  it('responds to the requests before another expectation first', async () => {
    connection.send(`${request('GET /docs HTTP/1.1', HOST)}${get(HOST, 'Expect: tea')}`);
    expect((await connection.answer()).status).toBe(200);
    expectProblem(await connection.answer(), 417);
  });

  it.each(['CONNECT localhost:443', 'CONNECT /', 'FOO /loans', 'get /loans', 'GETS /'])(
    'responds 405 to %s, and lists the methods',
    async (line) => {
      connection.send(request(`${line} HTTP/1.1`, HOST));
      const response = await connection.answer();
      expectProblem(response, 405);
      expect(response.headers.get('Allow')).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, POST');
      expect(response.body.message).toBe('This server takes DELETE, GET, HEAD, OPTIONS, PATCH, POST only.');
      expect(await connection.end()).toBe('');
    },
  );

  it('responds 405 to an unknown method behind other requests', async () => {
    connection.send(`${LIVE}${request('FOO / HTTP/1.1', HOST)}`);
    expect((await connection.answer()).status).toBe(200);
    expectProblem(await connection.answer(), 405);
  });

  it.each([
    ['TRACE /loans', 405],
    ['PROPFIND /loans', 405],
    ['QUERY /loans', 405],
    ['TRACE /nowhere', 404],
    ['GET /%', 404],
    ['GET /loans%2', 404],
    ['GET //health/live', 404],
    ['GET /feed', 404],
  ])('responds to %s with %i, and keeps the connection', async (line, status) => {
    connection.send(request(`${line} HTTP/1.1`, HOST) + LIVE);
    expectProblem(await connection.answer(), status);
    expect((await connection.answer()).body).toEqual({ status: 'ok' });
  });

  it('responds 431 to a URL over 16 KiB', async () => {
    connection.send(request(`GET /${'a'.repeat(20_000)} HTTP/1.1`, HOST));
    expectProblem(await connection.answer(), 431);
    expect(await connection.end()).toBe('');
  });
});

describe('listen: what HTTP/1.1 allows', () => {
  it.each([
    ['an absolute target', request('GET http://localhost:1/health/live HTTP/1.1', HOST)],
    ['an IPv6 host', get('Host: [::1]:3000')],
    ['an offer of HTTP/2', get(HOST, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__')],
    ['empty lines before it', `\r\n\r\n${LIVE}`],
    ['a body', `${get(HOST, 'Content-Length: 5')}hello`],
  ])('serves a request with %s, and keeps the connection', async (_, bytes) => {
    for (const sent of [bytes, LIVE]) {
      connection.send(sent);
      const response = await connection.answer();
      expect([response.status, response.headers.get('Connection')]).toEqual([200, 'keep-alive']);
    }
  });
});

describe('listen: HTTP/1.0', () => {
  it.each([
    ['the default check of HAProxy', 'OPTIONS / HTTP/1.0', 204],
    ['a check of liveness', 'GET /health/live HTTP/1.0', 200],
    ['a check of readiness', 'HEAD /health/ready HTTP/1.0', 200],
    ['a page', 'GET /docs HTTP/1.0', 200],
    ['an error', 'GET /nowhere HTTP/1.0', 404],
  ])('serves %s without a host, and closes the connection', async (_, line, status) => {
    connection.send(request(line));
    const received = await connection.end();
    const [head = '', body = ''] = received.split('\r\n\r\n', 2);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/\r\nConnection: close/i);
    expect(head).not.toMatch(/\r\nTransfer-Encoding:/i);
    if (status === 204) expect(head).toContain('allow: GET, HEAD, OPTIONS');
    if (line.startsWith('GET')) expect(/\r\nContent-Length: (\d+)/i.exec(head)?.[1]).toBe(String(Buffer.byteLength(body)));
    else expect(body).toBe('');
  });

  it('keeps the connection of a client that asks for it', async () => {
    for (let time = 0; time < 2; time += 1) {
      connection.send(request('GET /health/live HTTP/1.0', 'Connection: keep-alive'));
      expect((await connection.answer()).headers.get('Connection')).toBe('keep-alive');
    }
  });

  it('gives neither tokens nor metrics without a host', async () => {
    connection.send(request('POST /local/token HTTP/1.0', 'Connection: keep-alive', 'Content-Length: 0'));
    expect((await connection.answer()).status).toBe(404);
    connection.send(request('GET /metrics HTTP/1.0'));
    expect((await connection.answer()).status).toBe(403);
  });
});
