import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { FeedConnection } from '../../src/api/feed/connection.ts';
import { openSubscriptions } from '../../src/api/graphql/subscription-server.ts';
import { CLOSE_TIMEOUT_MS, CONNECTION_LIMITS, FRAGMENTS_MAX } from '../../src/api/websocket/limits.ts';
import type { Connect } from '../../src/api/websocket/websocket-server.ts';
import { NO_ADDRESS } from '../../src/auth/client-address.ts';
import type { Services } from '../../src/execution/services.ts';
import {
  type Message,
  openSocket,
  type ServeSettings,
  serveFeed,
  UPGRADE_HEADERS,
  upgradeRequest,
} from '../../src/testing/api/feed.ts';
import { LOAN_EVENTS } from '../../src/testing/api/graphql-ws.ts';
import { frozenTime } from '../../src/testing/app/fake-time.ts';
import { connectTo } from '../../src/testing/app/raw-http.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import { LOAN, type TestUser } from '../../src/testing/app/test-user.ts';
import { openEmailTestApp, signInByEmail } from '../../src/testing/sign-in/email-user.ts';

/* The limits that `ws /feed` and `ws /graphql` share, on real sockets. */

const HOUR_MS = 3_600_000;

type User = Pick<TestUser, 'token'>;

/** A message in the terms that both protocols have. */
interface Received {
  readonly type: 'error' | 'event' | 'other' | 'subscribed';
  readonly loan?: string;
  readonly cursor?: string;
  readonly code?: string;
  readonly retryAfter?: number;
}

interface Protocol {
  readonly path: string;
  readonly otherPath: string;
  readonly subprotocols: string[];
  /** What has to be sent before a subscription, each of which is acknowledged. */
  readonly openings: (user: User) => object[];
  readonly subscribe: (user: User, loan: string, id?: string) => object;
  readonly unsubscribe: (loan: string) => object;
  readonly parse: (message: Message) => Received;
  readonly endpoint: (options: { services: Services; onError: () => void; limits: typeof CONNECTION_LIMITS }) => Connect;
}

const FEED: Protocol = {
  path: '/feed',
  otherPath: '/graphql',
  subprotocols: [],
  openings: () => [],
  subscribe: ({ token }, loan) => ({ type: 'subscribe', token, loan_id: loan }),
  unsubscribe: (loan) => ({ type: 'unsubscribe', loan_id: loan }),
  parse({ type, loan_id: loan, cursor, problem }) {
    if (type === 'error') return { type, loan, code: problem.error, retryAfter: problem.retry_after };
    return type === 'event' || type === 'subscribed' ? { type, loan, cursor } : { type: 'other' };
  },
  endpoint: (options) => (socket, peer) => new FeedConnection(socket, peer, options),
};

/** The id of an operation is that of its loan, unless another is given. */
const GRAPHQL: Protocol = {
  path: '/graphql',
  otherPath: '/feed',
  subprotocols: ['graphql-transport-ws'],
  openings: ({ token }) => [{ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }],
  subscribe: (_, loan, id = loan) => ({ type: 'subscribe', id, payload: { query: LOAN_EVENTS, variables: { loanId: loan } } }),
  unsubscribe: (loan) => ({ type: 'complete', id: loan }),
  parse({ type, id: loan, payload }) {
    if (type === 'error') return { type, loan, ...payload[0].extensions };
    if (type !== 'next') return { type: 'other' };
    const { cursor, event } = payload.data.loanEvents;
    return { type: event ? 'event' : 'subscribed', loan, cursor };
  },
  endpoint: (options) => openSubscriptions({ ...options, allowsIntrospection: true }),
};

let testApp: TestApp;
let borrower: TestUser;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
});

afterEach(() => testApp.close());

const watched = () => testApp.app.services.changes.watched();

describe.each([FEED, GRAPHQL])('ws $path', (protocol) => {
  const { path, otherPath, subprotocols, openings, subscribe, unsubscribe, parse, endpoint } = protocol;

  /** Opens a connection without sending any message. */
  const connectSilently = async (settings: ServeSettings = {}, options: WebSocket.ClientOptions = {}, app = testApp) =>
    openSocket((await serveFeed(app, settings)).url, path, subprotocols, options);

  const connect = async (settings?: ServeSettings, options?: WebSocket.ClientOptions, app = testApp, user: User = borrower) =>
    introduce(await connectSilently(settings, options, app), user);

  const connectAt = async (url: string, user: User = borrower) => introduce(await openSocket(url, path, subprotocols), user);

  /** Makes a connection ready to subscribe. */
  async function introduce(client: Awaited<ReturnType<typeof openSocket>>, user: User) {
    const next = async () => parse(await client.next());
    for (const opening of openings(user)) {
      client.send(opening);
      await next();
    }
    return {
      ...client,
      next,
      subscribe(id = loan): Promise<Received> {
        client.send(subscribe(user, id));
        return next();
      },
    };
  }

  const upgrade = () => upgradeRequest(path, ...UPGRADE_HEADERS, ...subprotocols.map((name) => `Sec-WebSocket-Protocol: ${name}`));

  it.each<[string, string | Buffer, object, number]>([
    ['a message of more than 32 KiB', `"${'x'.repeat(32_768)}"`, {}, 1009],
    ['a binary message', Buffer.from('{"type":"ping"}'), {}, 1003],
    ['text that is not UTF-8', Buffer.from([0xff, 0xfe]), { binary: false }, 1007],
  ])('closes on %s', async (_, message, options, code) => {
    const { socket, closed } = await connect();
    socket.send(message, options);
    expect((await closed).code).toBe(code);
  });

  it('rejects the 21st subscription of a connection and keeps the others', async () => {
    const client = await connect();
    const loans = await Promise.all(Array.from({ length: 21 }, () => borrower.postsLoan()));
    const [first = '', ...others] = loans.slice(0, 20);
    const last = loans[20] ?? '';
    for (const id of [first, ...others]) expect(await client.subscribe(id)).toMatchObject({ type: 'subscribed', loan: id });
    expect(await client.subscribe(last)).toMatchObject({ type: 'error', loan: last, code: 'CONFLICT' });
    client.send(unsubscribe(first));
    await expect.poll(watched).not.toContain(first);
    for (const id of [first, ...others]) await borrower.post(`/loans/${id}/cancel`);
    const events = new Set<string | undefined>();
    while (events.size < others.length) {
      const { type, loan: id } = await client.next();
      if (type === 'event') events.add(id);
    }
    expect(events).toEqual(new Set(others));
    expect(await client.subscribe(last)).toMatchObject({ type: 'subscribed' });
  });

  it('rejects subscriptions above the user’s rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const user = await limited.as('ana@example.com');
    const client = await connect({}, {}, limited, user);
    const errors = [await client.subscribe('none'), await client.subscribe('none'), await client.subscribe('none')];
    expect(errors.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'TOO_MANY_REQUESTS']);
    expect(errors[2]?.retryAfter).toBe(1);
    await limited.close();
  });

  it('closes with 4429 on too many messages in a time', async () => {
    const { send, closed } = await connectSilently({ messagesMax: 5 });
    for (let count = 0; count < 6; count += 1) send({ type: 'ping' });
    expect((await closed).code).toBe(4429);
  });

  it('closes with 4429 on too many WebSocket pings', async () => {
    const { socket, closed } = await connectSilently();
    for (let count = 0; count < 120; count += 1) socket.ping();
    await once(socket, 'pong');
    expect(socket.readyState).toBe(socket.OPEN);
    socket.ping();
    expect((await closed).code).toBe(4429);
  });

  it('closes with 4429 on too many WebSocket pongs, with pings or without', async () => {
    const { socket, closed } = await connectSilently();
    for (let count = 0; count < 60; count += 1) socket.ping();
    for (let count = 0; count < 61; count += 1) socket.pong();
    expect((await closed).code).toBe(4429);
  });

  it('takes a message in 256 fragments, and closes with 1008 on more, empty ones included', async () => {
    const { socket, next, closed } = await connectSilently();
    const text = '{"type":"ping"}';
    for (let count = 1; count < FRAGMENTS_MAX; count += 1) socket.send(text.slice(count - 1, count), { fin: false });
    socket.send('', { fin: true });
    expect(await next()).toEqual({ type: 'pong' });
    for (let count = 0; count <= FRAGMENTS_MAX; count += 1) socket.send('', { fin: false });
    expect((await closed).code).toBe(1008);
  });

  it('closes with 4429 on too many empty messages', async () => {
    const { send, closed } = await connectSilently({ messagesMax: 0 });
    send('');
    expect((await closed).code).toBe(4429);
  });

  it('closes with 4429 on too many pending messages, and leaves no subscription', async () => {
    const { send, closed } = await connect({ pendingMax: 3, messagesMax: 1000 });
    for (let count = 0; count < 200; count += 1) send(subscribe(borrower, loan, `${count}`));
    expect((await closed).code).toBe(4429);
    await expect.poll(watched).toEqual([]);
  });

  it('responds 503 at the maximum of connections on both endpoints, until one is closed', async () => {
    const { url } = await serveFeed(testApp, { slotLimits: { connectionsMax: 1 } });
    const other = await openSocket(url, otherPath, otherPath === GRAPHQL.path ? GRAPHQL.subprotocols : []);
    const raw = await connectTo(url);
    raw.send(upgrade());
    const { status, headers, body } = await raw.answer();
    expect([status, headers.get('Retry-After'), body.error]).toEqual([503, '10', 'SERVICE_UNAVAILABLE']);
    raw.hangUp();
    other.socket.close();
    await other.closed;
    const isOpen = () =>
      openSocket(url, path, subprotocols).then(
        () => true,
        () => false,
      );
    await expect.poll(isOpen).toBe(true);
  });

  it.each([
    ['in all', { perAddressMax: 1 }],
    ['on which nobody has signed in', { anonymousPerAddressMax: 1 }],
  ])('responds 429 at the maximum of connections of an address %s, until one is closed', async (_, slotLimits) => {
    const { url } = await serveFeed(testApp, { slotLimits, trustedHops: 1 });
    const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
    const first = await openSocket(url, path, subprotocols, from('203.0.113.7'));
    const raw = await connectTo(url);
    raw.send(upgrade().replace('Host:', 'X-Forwarded-For: 203.0.113.7:50000\r\nHost:'));
    const { status, headers, body } = await raw.answer();
    expect([status, headers.get('Retry-After'), body.error, body.retryable]).toEqual([429, '10', 'TOO_MANY_REQUESTS', true]);
    expect(body.message).toMatch(/^Your network address has 1 connections open.*\. Close some/);
    raw.hangUp();
    await openSocket(url, path, subprotocols, from('203.0.113.8'));
    first.socket.close();
    await first.closed;
    const isOpen = () =>
      openSocket(url, path, subprotocols, from('203.0.113.7')).then(
        () => true,
        () => false,
      );
    await expect.poll(isOpen).toBe(true);
  });

  it('does not count a connection as anonymous once its user has subscribed', async () => {
    const { url } = await serveFeed(testApp, { slotLimits: { anonymousPerAddressMax: 1 } });
    const client = await connectAt(url);
    expect(await client.subscribe()).toMatchObject({ type: 'subscribed' });
    await openSocket(url, path, subprotocols);
    await expect(openSocket(url, path, subprotocols)).rejects.toThrow('429');
  });

  it('rejects a user’s connections above their maximum, and keeps those of others', async () => {
    const { url } = await serveFeed(testApp, { slotLimits: { perUserMax: 1 } });
    const [first, second] = [await connectAt(url), await connectAt(url)];
    expect(await first.subscribe()).toMatchObject({ type: 'subscribed' });
    expect(await first.subscribe(await borrower.postsLoan())).toMatchObject({ type: 'subscribed' });
    expect(await second.subscribe()).toMatchObject({ type: 'error', code: 'TOO_MANY_REQUESTS', retryAfter: 10 });
    const other = await testApp.as('other@example.com');
    expect(await (await connectAt(url, other)).subscribe(await other.postsLoan())).toMatchObject({ type: 'subscribed' });
    first.socket.close();
    await first.closed;
    await expect.poll(async () => (await second.subscribe()).type).toBe('subscribed');
  });

  it('cuts off a connection that does not answer WebSocket pings', async () => {
    const client = await connect({ pingMs: 300 }, { autoPong: false });
    client.send(subscribe(borrower, loan));
    expect((await client.closed).code).toBe(1006);
    await expect.poll(watched).toEqual([]);
  });

  it('frees the subscriptions of a connection that is gone', async () => {
    const client = await connect();
    await client.subscribe();
    expect(watched()).toEqual([loan]);
    client.socket.terminate();
    await expect.poll(watched).toEqual([]);
  });

  it('sends a slow reader one message at a time, then closes with 4430; the client can resume', async () => {
    const closings: number[] = [];
    const sent: Message[] = [];
    const taken = openings(borrower).length + 2; // `subscribed` and one event
    const socket = {
      send: (text: string) => (sent.push(JSON.parse(text)) > taken ? new Promise<void>(() => {}) : Promise.resolve()),
      close: ({ code }: { code: number }) => void closings.push(code),
    };
    const limits = { ...CONNECTION_LIMITS, sendMs: 50 };
    const open = endpoint({ services: testApp.app.services, onError: () => {}, limits });
    const connection = open(socket, { address: NO_ADDRESS, traceparent: null, admit: () => {} }, subprotocols[0] ?? '');
    for (const [index, message] of [...openings(borrower), subscribe(borrower, loan)].entries()) {
      connection.receive(JSON.stringify(message));
      await expect.poll(() => sent.length).toBe(index + 1);
    }
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(5, 1) });
    await expect.poll(() => closings).toEqual([4430]);
    expect(sent).toHaveLength(taken + 1); // nothing after the message that was not taken
    expect(watched()).toEqual([]);
    const { cursor } = parse(sent[taken - 1]);
    const { body } = await borrower.get(`/loans/${loan}/events?after=${cursor}`);
    expect(body.events).toHaveLength(4);
  });

  it('rejects a token that has expired, without the leeway of a request', async () => {
    const client = await connect();
    testApp.advance(HOUR_MS + 1000);
    expect(await client.subscribe()).toMatchObject({ type: 'error', code: 'UNAUTHORIZED' });
  });

  describe('over time', () => {
    frozenTime();

    it('closes with 4408 without a first message in time', async () => {
      const { closed } = await connectSilently({ firstMessageMs: 50 });
      vi.advanceTimersByTime(50);
      expect((await closed).code).toBe(4408);
    });

    it('closes with 4408 without a subscription in time, whatever else is sent', async () => {
      const { send, next, closed } = await connect({ idleMs: 150 });
      for (let passedMs = 0; passedMs < 150; passedMs += 10) {
        for (const message of [{ type: 'ping' }, unsubscribe('x'), subscribe(borrower, 'x')]) send(message);
        while ((await next()).type !== 'error');
        vi.advanceTimersByTime(10);
      }
      expect((await closed).code).toBe(4408);
    });

    it('stays open for a silent subscriber until the last subscription ends', async () => {
      const client = await connect({ idleMs: 100 });
      await client.subscribe();
      vi.advanceTimersByTime(300);
      client.send({ type: 'ping' });
      expect(await client.next()).toEqual({ type: 'other' });
      client.send(unsubscribe(loan));
      await expect.poll(watched).toEqual([]);
      vi.advanceTimersByTime(100);
      expect((await client.closed).code).toBe(4408);
    });

    it('closes with 4401 when the token of a subscription expires, and not before', async () => {
      const client = await connect();
      testApp.advance(HOUR_MS - 700);
      await client.subscribe();
      vi.advanceTimersByTime(699);
      await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
      expect(await client.next()).toMatchObject({ type: 'event' });
      vi.advanceTimersByTime(1);
      expect((await client.closed).code).toBe(4401);
      expect(watched()).toEqual([]);
    });

    it('closes with 4401 when the session of a subscription is ended', async () => {
      const app = await openEmailTestApp();
      const user = await signInByEmail(app, 'borrower@example.com');
      const id = (await user.post('/loans', LOAN)).body.loan.loan_id;
      const client = await connect({}, {}, app, user);
      client.send(subscribe(user, id));
      expect(await client.next()).toMatchObject({ type: 'subscribed' });
      const { session } = await app.app.services.authenticator.authenticate({ kind: 'token', token: user.token });
      if (session) await app.app.sessions.end(session);
      expect((await client.closed).code).toBe(4401);
      expect(app.app.services.changes.watched()).toEqual([]);
      await app.close();
    });

    it('closes with 1001 when the server stops, without waiting for clients that do not confirm', async () => {
      const { sockets, url } = await serveFeed(testApp);
      const client = await openSocket(url, path, subprotocols);
      for (const message of [...openings(borrower), subscribe(borrower, loan)]) {
        client.send(message);
        await client.next();
      }
      const deaf = await connectTo(url);
      deaf.send(upgrade());
      expect((await deaf.answer()).status).toBe(101);
      const stopped = sockets.close();
      vi.advanceTimersByTime(CLOSE_TIMEOUT_MS);
      await stopped;
      expect((await client.closed).code).toBe(1001);
      expect(watched()).toEqual([]);
      await expect(openSocket(url, path, subprotocols)).rejects.toThrow('503');
      deaf.hangUp();
    });
  });
});
