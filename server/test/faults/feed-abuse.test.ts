import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { FeedConnection } from '../../src/api/feed/connection.ts';
import { CONNECTION_LIMITS } from '../../src/api/websocket/limited-connection.ts';
import { serveFeed } from '../../src/testing/api/feed.ts';
import { frozenTime } from '../../src/testing/app/fake-time.ts';
import { connectTo } from '../../src/testing/app/raw-http.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

/* Clients that break the rules, on real sockets. */

/** How long the server waits for a client to confirm that it is closed. */
const CLOSE_MS = 2000;

let testApp: TestApp;
let borrower: Person;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
});

afterEach(() => testApp.close());

const upgradeTo = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', ...headers, '', ''].join('\r\n');
const KEY = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'] as const;

describe('a message that is none', () => {
  it.each([
    ['no JSON', '{"type":'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['without a type', '{}'],
    ['of an unknown type', '{"type":"__proto__"}'],
    ['nested without end', '['.repeat(30_000)],
  ])('(%s) is answered by a problem, and the connection stays', async (_, text) => {
    const client = await (await serveFeed(testApp)).connect();
    client.send(text);
    expect(await client.next()).toEqual({
      type: 'error',
      problem: expect.objectContaining({ status: 400, error: 'VALIDATION_ERROR', success: false, request_id: expect.any(String) }),
    });
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('is not sent back, however long what it names', async () => {
    const client = await (await serveFeed(testApp)).connect();
    const long = 'x'.repeat(30_000);
    for (const type of ['subscribe', 'unsubscribe']) {
      const told = await client.ask({ type, loan_id: long, token: borrower.token });
      expect([told.type, JSON.stringify(told).length < 1000]).toEqual(['error', true]);
    }
  });

  it.each<[string, string | Buffer, number]>([
    ['of more than 32 KiB', `"${'x'.repeat(32_768)}"`, 1009],
    ['of bytes', Buffer.from('{"type":"ping"}'), 1003],
  ])('(%s) closes the connection', async (_, message, code) => {
    const client = await (await serveFeed(testApp)).connect();
    client.socket.send(message);
    expect((await client.closed).code).toBe(code);
  });

  it('of text that is not UTF-8 closes the connection', async () => {
    const client = await (await serveFeed(testApp)).connect();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });
});

describe('too much of something', () => {
  it('of subscriptions is refused, and those that stand go on', async () => {
    const { connect: open } = await serveFeed(testApp, { subscriptionsMax: 2 });
    const client = await open();
    const loans = [loan, await borrower.postsLoan(), await borrower.postsLoan()];
    const told = [];
    for (const id of loans) told.push(await client.subscribe(borrower, id));
    expect(told.map(({ type }) => type)).toEqual(['subscribed', 'subscribed', 'error']);
    expect(told[2].problem).toMatchObject({ status: 409, error: 'CONFLICT' });
    expect((await client.subscribe(borrower, loan)).type).toBe('subscribed');
    await client.ask({ type: 'unsubscribe', loan_id: loan });
    expect((await client.subscribe(borrower, loans[2] ?? '')).type).toBe('subscribed');
  });

  it('of messages in a time closes the connection with 4429', async () => {
    const client = await (await serveFeed(testApp, { messagesMax: 5 })).connect();
    for (let n = 0; n < 6; n += 1) client.send('{"type":"ping"}');
    expect((await client.closed).code).toBe(4429);
  });

  it('of messages that wait closes the connection with 4429', async () => {
    const client = await (await serveFeed(testApp, { waitingMax: 3, messagesMax: 1000 })).connect();
    const subscribe = JSON.stringify({ type: 'subscribe', token: borrower.token, loan_id: loan });
    for (let n = 0; n < 200; n += 1) client.send(subscribe);
    expect((await client.closed).code).toBe(4429);
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });

  it('of connections is answered 503, until one is closed', async () => {
    const { url, connect: open } = await serveFeed(testApp, { connectionsMax: 1 });
    const client = await open();
    const wire = await connectTo(url);
    wire.send(upgradeTo('/feed', ...KEY));
    const { status, headers, body } = await wire.answer();
    expect([status, headers.get('Retry-After'), body.error]).toEqual([503, '10', 'SERVICE_UNAVAILABLE']);
    wire.hangUp();
    client.socket.close();
    await client.closed;
    await expect
      .poll(() =>
        open().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('of subscriptions a second is refused by the user’s rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const ana = await limited.as('ana@example.com');
    const client = await (await serveFeed(limited)).connect();
    const told = [];
    for (let n = 0; n < 3; n += 1) told.push(await client.subscribe(ana, loan));
    expect(told.map(({ problem }) => problem.status)).toEqual([404, 404, 429]);
    expect(told[2].problem.retry_after).toBe(1);
    await limited.close();
  });
});

describe('silence', () => {
  frozenTime();

  it('before the first message closes the connection with 4408', async () => {
    const client = await (await serveFeed(testApp, { firstMessageMs: 50 })).connect();
    vi.advanceTimersByTime(50);
    expect((await client.closed).code).toBe(4408);
  });

  it('is not broken by pings and refused subscriptions for long', async () => {
    const client = await (await serveFeed(testApp, { idleMs: 150 })).connect();
    for (let passedMs = 0; passedMs < 150; passedMs += 10) {
      expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
      expect(await client.ask({ type: 'unsubscribe', loan_id: 'x' })).toMatchObject({ type: 'unsubscribed' });
      expect(await client.ask({ type: 'subscribe', token: 'x', loan_id: 'x' })).toMatchObject({ type: 'error' });
      vi.advanceTimersByTime(10);
    }
    expect((await client.closed).code).toBe(4408);
  });

  it('of a subscriber is no offence', async () => {
    const client = await (await serveFeed(testApp, { firstMessageMs: 50, idleMs: 50 })).connect();
    await client.subscribe(borrower, loan);
    vi.advanceTimersByTime(200);
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('to a ping of WebSocket’s own ends the connection', async () => {
    const client = await (await serveFeed(testApp, { pingMs: 50 })).connect({ autoPong: false });
    await client.subscribe(borrower, loan);
    expect((await client.closed).code).toBe(1006);
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('a slow reader', () => {
  it('is closed with 4430 once the network has not taken a message in time', async () => {
    const { url } = await serveFeed(testApp, { sendMs: 300 });
    for (let n = 0; n < 40; n += 1) await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(20, 1, `n${n}x`) });
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(upgradeTo('/feed', ...KEY));
    await once(socket, 'data');
    const again = { type: 'subscribe', token: borrower.token, loan_id: loan, after: body.next_cursor };
    socket.pause();
    // The kernel holds a few MB for it, so the same history is asked for until those are full.
    const timer = setInterval(() => socket.write(masked(JSON.stringify(again))), 100);
    await expect.poll(() => testApp.app.services.changes.watched(), { timeout: 20_000 }).toEqual([loan]);
    await expect.poll(() => testApp.app.services.changes.watched(), { timeout: 25_000 }).toEqual([]);
    clearInterval(timer);
    socket.destroy();
  });

  it('is told so, and can go on where it was', async () => {
    const closings: number[] = [];
    const sent: string[] = [];
    const socket = {
      send: (text: string) => (sent.push(text) > 2 ? new Promise<void>(() => {}) : Promise.resolve()),
      close: ({ code }: { code: number }) => void closings.push(code),
    };
    const ground = { services: testApp.app.services, onFault: () => {}, limits: { ...CONNECTION_LIMITS, sendMs: 50 } };
    const connection = new FeedConnection(socket, { address: '', traceparent: null }, ground);
    connection.receive(JSON.stringify({ type: 'subscribe', token: borrower.token, loan_id: loan }));
    await expect.poll(() => sent.length).toBe(1);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(5, 1) });
    await expect.poll(() => closings).toEqual([4430]);
    expect(sent).toHaveLength(3); // nothing behind the one that was not taken
    const { cursor } = JSON.parse(sent[1] ?? '');
    const { body } = await borrower.get(`/loans/${loan}/events?after=${cursor}`);
    expect(body.events).toHaveLength(4);
  });
});

describe('an upgrade', () => {
  it.each([
    ['to a path that is none', upgradeTo('/nothing', ...KEY), 404],
    ['to a path of HTTP', upgradeTo('/loans', ...KEY), 404],
    ['without a key', upgradeTo('/feed'), 400],
    ['of an old version', upgradeTo('/feed', KEY[0], 'Sec-WebSocket-Version: 7'), 400],
  ])('%s is answered, and the connection closed', async (_, request, status) => {
    const wire = await connectTo((await serveFeed(testApp)).url);
    wire.send(request);
    const answer = await wire.answer();
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([status, 'application/problem+json']);
    expect(answer.body.request_id).toBe(answer.headers.get('X-Request-Id'));
    expect(await wire.end()).toBe('');
    wire.hangUp();
  });

  it('to another protocol is not made, and the request answered', async () => {
    const wire = await connectTo((await serveFeed(testApp)).url);
    wire.send(
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    );
    expect((await wire.answer()).status).toBe(200);
    wire.hangUp();
  });

  it('is what /feed wants: by plain HTTP there is nothing', async () => {
    expect((await fetch(`${(await serveFeed(testApp)).url}/feed`)).status).toBe(404);
  });
});

describe('a server that stops', () => {
  frozenTime();

  it('closes with 1001, takes no more, and waits for nobody who does not answer', async () => {
    const { sockets, connect: open, url } = await serveFeed(testApp);
    const client = await open();
    await client.subscribe(borrower, loan);
    const deaf = connect(Number(new URL(url).port), '127.0.0.1');
    deaf.write(upgradeTo('/feed', ...KEY));
    await once(deaf, 'data');
    const closed = sockets.close();
    expect((await client.closed).code).toBe(1001);
    vi.advanceTimersByTime(CLOSE_MS);
    await closed;
    expect(testApp.app.services.changes.watched()).toEqual([]);
    const late = new WebSocket(`${url.replace('http', 'ws')}/feed`);
    const [refusal] = await once(late, 'error');
    expect(String(refusal)).toContain('503');
    deaf.destroy();
  });
});

/** A text frame as a client has to send it. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.set([0x81, 0x80 | 126]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]); // masked with zeros
}
