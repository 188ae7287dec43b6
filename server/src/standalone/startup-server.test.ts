import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { toTestResponse } from '../testing/app/response.ts';
import { openStartupServer, type StartupServer } from './startup-server.ts';

let server: StartupServer;
let now: number;

beforeEach(async () => {
  now = 0;
  server = await openStartupServer({ host: '127.0.0.1', port: 0, trustedHops: 0 }, ['/feed'], () => now);
});

afterEach(() => server.close());

async function respond(path: string, init?: RequestInit) {
  const response = await fetch(server.url + path, init);
  return toTestResponse(response.status, response.headers, await response.text());
}

/** The status with which the server rejects a WebSocket connection. */
async function rejectedStatus(): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/feed`);
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

describe('a server that starts', () => {
  it('is live, and says in /health/ready what it does', async () => {
    expect(await respond('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect((await fetch(`${server.url}/health/live`, { method: 'HEAD' })).status).toBe(200);
    server.report('checking the whole file, 2300 MB');
    now = 5000;
    const ready = await respond('/health/ready', { headers: { 'X-Request-Id': 'probe' } });
    expect([ready.status, ready.body.error, ready.body.request_id]).toEqual([503, 'SERVICE_UNAVAILABLE', 'probe']);
    expect(ready.headers.get('X-Request-Id')).toBe('probe');
    expect(ready.body.message).toBe(
      'Not ready: the program is starting: checking the whole file, 2300 MB. Please retry after 10 seconds.',
    );
  });

  it.each([
    ['GET', '/loans'],
    ['POST', '/loans'],
    ['POST', '/health/live'],
    ['GET', '/nowhere'],
  ])('responds 503 with Retry-After to %s %s', async (method, path) => {
    const { status, headers } = await respond(path, { method });
    expect([status, headers.get('Retry-After'), headers.get('Content-Type')]).toEqual([503, '1', 'application/problem+json']);
    now = 5000;
    expect((await respond(path, { method })).headers.get('Retry-After')).toBe('10');
  });

  it('responds with application/json to a client that accepts only that', async () => {
    const { status, headers } = await respond('/loans', { headers: { Accept: 'application/json' } });
    expect([status, headers.get('Content-Type')]).toEqual([503, 'application/json']);
  });

  it('rejects WebSocket connections with 503', async () => {
    expect(await rejectedStatus()).toBe(503);
  });

  it('passes everything to the app once it is open', async () => {
    server.open(async (request, { address }) => Response.json({ status: `${new URL(request.url).pathname} ${address}` }), {
      '/feed': (_, socket) => void socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n'),
    });
    expect((await respond('/health/ready')).body.status).toBe('/health/ready 127.0.0.1');
    expect(await rejectedStatus()).toBe(418);
  });
});

it('an server says that its address is in use', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(openStartupServer({ host: '127.0.0.1', port, trustedHops: 0 }, [])).rejects.toThrow(
    `PORT ${port}: the address is in use`,
  );
  taken.close();
});
