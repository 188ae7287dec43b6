import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { readResponse } from '../../src/testing/app/response.ts';
import { openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';

const APP = 'https://app.example.com';

let testApp: TestApp;

beforeEach(async () => {
  testApp = await openTestApp({ holdsResponses: true, config: { corsOrigins: [APP] } });
});

afterEach(() => testApp.close());

/** @returns the status of the handshake, and the body of an error */
async function handshake(url: string, path: string, headers: Readonly<Record<string, string>>) {
  const socket = new WebSocket(url.replace('http', 'ws') + path, path === '/graphql' ? ['graphql-transport-ws'] : [], { headers });
  socket.on('error', () => {}); // of the one that is closed before it is open
  const opened = once(socket, 'open').then(() => ({ status: 101, body: undefined }));
  const rejected = once(socket, 'unexpected-response').then(async ([, response]: IncomingMessage[]) => {
    const chunks = response ? await response.toArray() : [];
    return { status: response?.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) };
  });
  try {
    return await Promise.race([opened, rejected]);
  } finally {
    socket.terminate();
  }
}

describe.each(['/feed', '/graphql'])('a WebSocket handshake of %s', (path) => {
  it('is for our own origin, those of CORS_ORIGINS, and programs', async () => {
    const { url } = await serveFeed(testApp, { corsOrigins: [APP] });
    for (const headers of [{}, { Origin: url }, { Origin: APP }]) {
      expect(await handshake(url, path, headers)).toMatchObject({ status: 101 });
    }
  });

  it.each(['https://evil.example.com', 'null', 'http://127.0.0.1:1', 'https://app.example.com.evil.example'])(
    'is rejected with a problem for a page of %s',
    async (origin) => {
      const { url } = await serveFeed(testApp, { corsOrigins: [APP] });
      const { status, body } = await handshake(url, path, { Origin: origin });
      expect([status, body]).toEqual([
        403,
        expect.objectContaining({ status: 403, error: 'FORBIDDEN', request_id: expect.any(String) }),
      ]);
      expect(body.detail).not.toContain('evil');
    },
  );

  it('takes PUBLIC_URL for our origin, not the Host that a client sends', async () => {
    const { url } = await serveFeed(testApp, { publicUrl: 'https://lending.example.com' });
    expect(await handshake(url, path, { Origin: 'https://lending.example.com' })).toMatchObject({ status: 101 });
    expect(await handshake(url, path, { Origin: url })).toMatchObject({ status: 403 });
  });

  it('takes the protocol that our own proxy names', async () => {
    const { url } = await serveFeed(testApp, { trustedHops: 1 });
    const origin = url.replace('http:', 'https:');
    const headers = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https' };
    expect(await handshake(url, path, { Origin: origin, ...headers })).toMatchObject({ status: 101 });
    expect(await handshake(url, path, { Origin: url, ...headers })).toMatchObject({ status: 403 });
  });

  it('is rejected for a page where the Host is malformed', async () => {
    const { url } = await serveFeed(testApp);
    expect((await handshake(url, path, { Host: 'a b', Origin: 'http://a b' })).status).toBe(400);
  });
});

describe('server-sent events', () => {
  it.each([
    [undefined, 200],
    ['http://localhost:3000', 200],
    [APP, 200],
    ['https://evil.example.com', 403],
    ['null', 403],
  ])('are, for a page of %s with a token, %i', async (origin, status) => {
    const borrower = await testApp.as('borrower@example.com');
    const loan = await borrower.postsLoan();
    const headers = {
      Accept: 'text/event-stream',
      Authorization: `Bearer ${borrower.token}`,
      ...(origin !== undefined && { Origin: origin }),
    };
    const response = await testApp.app.fetch(new Request(`http://localhost:3000/loans/${loan}/events`, { headers }));
    expect(response.status).toBe(status);
    if (status === 403) expect((await readResponse(response)).body).toMatchObject({ error: 'FORBIDDEN' });
    else await response.body?.cancel();
  });
});
