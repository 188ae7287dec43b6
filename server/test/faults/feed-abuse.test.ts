import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLoanId } from '../../src/domain/ids.ts';
import { SUBSCRIPTIONS_PER_USER_MAX } from '../../src/events/event-hub.ts';
import { serveFeed, UPGRADE_HEADERS, upgradeRequest } from '../../src/testing/api/feed.ts';
import { graphQlClient, watch } from '../../src/testing/api/graphql-ws.ts';
import { found } from '../../src/testing/app/domain-fixtures.ts';
import { connectTo } from '../../src/testing/app/raw-http.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

/* Clients that break the protocol of `ws /feed`, on real sockets. See websocket-limits.test.ts for the limits. */

let testApp: TestApp;
let borrower: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
});

afterEach(() => testApp.close());

describe('ws /feed', () => {
  it.each([
    ['malformed JSON', '{"type":'],
    ['an array', '[1]'],
    ['null', 'null'],
    ['a message without a type', '{}'],
    ['a message of an unknown type', '{"type":"__proto__"}'],
    ['deeply nested JSON', '['.repeat(30_000)],
  ])('responds to %s with an error, and keeps the connection', async (_, text) => {
    const client = await (await serveFeed(testApp)).connect();
    client.send(text);
    expect(await client.next()).toEqual({
      type: 'error',
      problem: expect.objectContaining({ status: 400, error: 'VALIDATION_ERROR', success: false, request_id: expect.any(String) }),
    });
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it('responds to a deeply nested loan id with an error, and keeps the connection', async () => {
    const client = await (await serveFeed(testApp)).connect();
    const loanId = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
    client.send(`{"type":"subscribe","token":"${borrower.token}","loan_id":${loanId}}`);
    expect(await client.next()).toMatchObject({ type: 'error', problem: { details: [{ path: 'loan_id', code: 'INVALID' }] } });
    expect(await client.ask({ type: 'ping' })).toEqual({ type: 'pong' });
  });

  it.each(['subscribe', 'unsubscribe'])('does not repeat a long loan id: %s', async (type) => {
    const client = await (await serveFeed(testApp)).connect();
    const response = await client.ask({ type, loan_id: 'x'.repeat(30_000), token: borrower.token });
    expect([response.type, JSON.stringify(response).length < 1000]).toEqual(['error', true]);
  });

  it('limits the subscriptions of a user over all connections, of GraphQL too', async () => {
    const { url, connect } = await serveFeed(testApp);
    const { eventHub } = testApp.app.services;
    const loanId = found(parseLoanId(loan), loan);
    for (let count = 1; count < SUBSCRIPTIONS_PER_USER_MAX; count += 1) eventHub.subscribe(loanId, borrower);
    const [first, second] = [await connect(), await connect()];
    for (let time = 0; time < 2; time += 1) expect(await first.subscribe(borrower, loan)).toMatchObject({ type: 'subscribed' });
    const { problem } = await second.subscribe(borrower, loan);
    expect(problem).toMatchObject({ status: 409, error: 'CONFLICT', retryable: false });
    expect(problem.message).toMatch(/^You have 200 open subscriptions on this server, over all your connections/);
    expect(await watch(graphQlClient(url, borrower), { loanId: loan }).ended).toEqual(['CONFLICT']);
    const other = await testApp.as('other@example.com');
    expect(await second.subscribe(other, await other.postsLoan())).toMatchObject({ type: 'subscribed' });
    await first.ask({ type: 'unsubscribe', loan_id: loan });
    expect(await second.subscribe(borrower, loan)).toMatchObject({ type: 'subscribed' });
  });

  it('replaces a subscription also at the maximum of subscriptions', async () => {
    const client = await (await serveFeed(testApp, { subscriptionsMax: 1 })).connect();
    expect(await client.subscribe(borrower, loan)).toMatchObject({ type: 'subscribed' });
    expect((await client.subscribe(borrower, await borrower.postsLoan())).problem).toMatchObject({
      status: 409,
      error: 'CONFLICT',
    });
    expect(await client.subscribe(borrower, loan)).toMatchObject({ type: 'subscribed' });
  });

  it('ends subscriptions when the network has not taken a message in time', async () => {
    const { url } = await serveFeed(testApp, { sendMs: 300 });
    for (let n = 0; n < 40; n += 1) await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(20, 1, `n${n}x`) });
    const { body } = await borrower.get(`/loans/${loan}/events?limit=1`);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(upgradeRequest('/feed', ...UPGRADE_HEADERS));
    await once(socket, 'data');
    const subscribe = { type: 'subscribe', token: borrower.token, loan_id: loan, after: body.next_cursor };
    socket.pause();
    // The kernel buffers a few MB, so the same history is requested until its buffers are full.
    const timer = setInterval(() => socket.write(maskedFrame(JSON.stringify(subscribe))), 100);
    await expect.poll(() => testApp.app.services.changes.watched(), { timeout: 20_000 }).toEqual([loan]);
    await expect.poll(() => testApp.app.services.changes.watched(), { timeout: 25_000 }).toEqual([]);
    clearInterval(timer);
    socket.destroy();
  });
});

describe('an HTTP upgrade', () => {
  it.each([
    ['to an unknown path', upgradeRequest('/nothing', ...UPGRADE_HEADERS), 404],
    ['to a path of HTTP', upgradeRequest('/loans', ...UPGRADE_HEADERS), 404],
    ['without a key', upgradeRequest('/feed'), 400],
  ])('rejects an HTTP upgrade %s, and closes the connection', async (_, request, status) => {
    const raw = await connectTo((await serveFeed(testApp)).url);
    raw.send(request);
    const response = await raw.answer();
    expect([response.status, response.headers.get('Content-Type')]).toEqual([status, 'application/problem+json']);
    expect(response.body.request_id).toBe(response.headers.get('X-Request-Id'));
    expect(await raw.end()).toBe('');
    raw.hangUp();
  });

  it.each(['/feed', '/graphql'].flatMap((path) => ['8', '7', '14', '13, 8', 'x', ''].map((version) => [path, version] as const)))(
    'rejects a WebSocket on %s of version "%s" with 426, naming version 13',
    async (path, version) => {
      const raw = await connectTo((await serveFeed(testApp)).url);
      raw.send(upgradeRequest(path, UPGRADE_HEADERS[0], `Sec-WebSocket-Version: ${version}`));
      const { status, headers, body } = await raw.answer();
      expect([status, body.error, body.status]).toEqual([426, 'UPGRADE_REQUIRED', 426]);
      expect([headers.get('Sec-WebSocket-Version'), headers.get('Upgrade')]).toEqual(['13', 'websocket']);
      expect(await raw.end()).toBe('');
      raw.hangUp();
    },
  );

  it.each(['', 'Sec-WebSocket-Protocol: x', 'Sec-WebSocket-Protocol: graphql-transport-ws, x'])(
    'opens /feed without a subprotocol, whatever is offered: "%s"',
    async (offer) => {
      const raw = await connectTo((await serveFeed(testApp)).url);
      raw.send(upgradeRequest('/feed', ...UPGRADE_HEADERS, ...(offer === '' ? [] : [offer])));
      const { status, headers } = await raw.answer();
      expect([status, headers.get('Sec-WebSocket-Protocol')]).toEqual([101, null]);
      raw.hangUp();
    },
  );

  it('ignores an HTTP upgrade to another protocol', async () => {
    const raw = await connectTo((await serveFeed(testApp)).url);
    raw.send(
      'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    );
    expect((await raw.answer()).status).toBe(200);
    raw.hangUp();
  });

  it('responds 404 to plain HTTP on /feed, naming the proxy that may have dropped the upgrade', async () => {
    const url = `${(await serveFeed(testApp)).url}/feed`;
    const response = await fetch(url, { headers: { 'X-Request-Id': 'mine' } });
    expect([response.status, response.headers.get('X-Request-Id')]).toEqual([404, 'mine']);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('by WebSocket only'), request_id: 'mine' });
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });
});

/** A text frame of a client, masked with zeros. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.set([0x81, 0x80 | 126]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
