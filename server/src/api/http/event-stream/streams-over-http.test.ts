import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventReader } from '../../../testing/api/event-source.ts';
import { bearer } from '../../../testing/app/http-client.ts';
import { connectTo, serveTestApp } from '../../../testing/app/raw-http.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { TestUser } from '../../../testing/app/test-user.ts';
import type { HttpServer } from '../http-server.ts';

/** Less than the time after which a stopping server closes all connections. */
const TEST_TIMEOUT_MS = 5000;

let testApp: TestApp;
let server: HttpServer;
let borrower: TestUser;
let loanId: string;

beforeEach(async () => {
  testApp = await openTestApp({ holdsResponses: true });
  server = await serveTestApp(testApp);
  borrower = await testApp.as('borrower@example.com');
  loanId = await borrower.postsLoan();
});

afterEach(async () => {
  testApp.app.stop();
  await server.close();
  await testApp.close();
});

function open(): Promise<Response> {
  const headers = { Accept: 'text/event-stream', ...bearer(borrower.token) };
  return fetch(`${server.url}/loans/${loanId}/events`, { headers });
}

describe('live streams over HTTP', () => {
  it(
    'arrive as they happen, and end when the server stops',
    async () => {
      const { take, next } = eventReader(await open());
      expect(await take(2)).toEqual([
        { retry: '1000', id: expect.any(String) },
        expect.objectContaining({ id: expect.any(String) }),
      ]);
      const event = next();
      await borrower.post(`/loans/${loanId}/cancel`);
      expect(await event).toMatchObject({ data: { type: 'loan.cancelled' } });
      testApp.app.stop();
      await server.close();
      expect(await next()).toMatchObject({ event: 'end', data: { problem: { status: 503 } } });
      expect(await next()).toBeUndefined();
    },
    TEST_TIMEOUT_MS,
  );

  it('are given up when their client hangs up', async () => {
    const head = `GET /loans/${loanId}/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${borrower.token}\r\n\r\n`;
    const connections = await Promise.all(Array.from({ length: 20 }, () => connectTo(server.url)));
    for (const connection of connections) {
      connection.send(head);
      expect((await connection.answer()).status).toBe(200);
    }
    const rejected = await open();
    expect(rejected.status).toBe(429);
    await rejected.body?.cancel();
    for (const connection of connections) connection.hangUp();
    await expect
      .poll(async () => {
        const { status, body } = await open();
        await body?.cancel();
        return status;
      })
      .toBe(200);
  });
});
