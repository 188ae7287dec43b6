import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { serveTestApp } from '../../testing/app/raw-http.ts';
import type { TestResponse } from '../../testing/app/response.ts';
import { openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../testing/app/test-user.ts';
import type { HttpServer } from './http-server.ts';

let testApp: TestApp;
let ana: TestUser;
let server: HttpServer;

async function open(config = {}): Promise<void> {
  testApp = await openTestApp({ config: { requestsPerSecond: 100, ...config } });
  ana = await testApp.as('ana@example.com');
  server = await serveTestApp(testApp);
}

async function close(): Promise<void> {
  await server.close();
  await testApp.close();
}

beforeEach(() => open());

afterEach(close);

/** By the network. */
function send(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: { 'X-Request-Id': 'ours', Authorization: `Bearer ${ana.token}`, 'Content-Type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** Without those of the connection, and of the moment. */
function headersOf({ headers }: Pick<TestResponse, 'headers'>): Record<string, string> {
  const passing = ['connection', 'content-length', 'date', 'keep-alive', 'ratelimit'];
  return Object.fromEntries([...headers].filter(([name]) => !passing.includes(name)));
}

describe('textResponse', () => {
  it.each([[[]], [['https://app.example.com']]])(
    'sends the headers and the text that a response has within the process, where CORS_ORIGINS has %j',
    async (corsOrigins) => {
      await close();
      await open({ corsOrigins });
      const headers = { 'Idempotency-Key': 'one', Origin: 'https://app.example.com' };
      await ana.post('/loans', LOAN, headers);
      const within = await ana.post('/loans', LOAN, { ...headers, 'X-Request-Id': 'ours' });
      const sent = await send('POST', '/loans', headers, LOAN);
      expect(sent.status).toBe(within.status);
      expect(headersOf(sent)).toEqual(headersOf(within));
      expect(headersOf(sent)).toMatchObject({ 'idempotency-replayed': 'true', 'x-content-type-options': 'nosniff' });
      expect(sent.headers.has('RateLimit')).toBe(true);
      expect(sent.headers.has('Access-Control-Allow-Origin')).toBe(corsOrigins.length > 0);
      expect(await sent.json()).toEqual(within.body);
    },
  );

  it('creates no Response where the server sends the text', async () => {
    const path = `/loans/${await ana.postsLoan()}`;
    const created = vi.spyOn(globalThis, 'Response');
    onTestFinished(() => created.mockRestore());
    expect((await send('GET', path)).status).toBe(200);
    expect(created).not.toHaveBeenCalled();
    expect((await ana.get(path)).status).toBe(200);
    expect(created).toHaveBeenCalled();
  });

  it('sends the length of a text in bytes', async () => {
    const sent = await send('POST', '/loans', {}, { ...LOAN, purpose: 'Ein Café in Zürich' });
    const text = await sent.text();
    expect(sent.headers.get('Content-Length')).toBe(String(Buffer.byteLength(text)));
    expect(JSON.parse(text).loan.purpose).toBe('Ein Café in Zürich');
  });

  it('sends the headers of a GET request for HEAD, without its text', async () => {
    const path = `/loans/${await ana.postsLoan()}`;
    const [got, head] = [await send('GET', path), await send('HEAD', path)];
    expect(headersOf(head)).toEqual(headersOf(got));
    expect(head.headers.get('Content-Length')).toBe(got.headers.get('Content-Length'));
    expect(await head.text()).toBe('');
  });
});
