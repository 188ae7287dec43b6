import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { type Message, openSocket, type ServeSettings, serveFeed } from '../../src/testing/api/feed.ts';
import { LOAN_EVENTS } from '../../src/testing/api/graphql-ws.ts';
import { lenders, openTestApp, type TestApp } from '../../src/testing/app/test-app.ts';
import type { TestUser } from '../../src/testing/app/test-user.ts';

/* Clients that break the protocol of `ws /graphql`, on real sockets. See websocket-limits.test.ts for the limits. */

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

const connect = async (settings: ServeSettings = {}) =>
  openSocket((await serveFeed(testApp, settings)).url, '/graphql', ['graphql-transport-ws']);

async function connectAndInit(settings?: ServeSettings) {
  const client = await connect(settings);
  client.send({ type: 'connection_init', payload: { authorization: `Bearer ${borrower.token}` } });
  expect(await client.next()).toEqual({ type: 'connection_ack' });
  return client;
}

const subscribe = (id: string) => ({ type: 'subscribe', id, payload: { query: LOAN_EVENTS, variables: { loanId: loan } } });

describe('ws /graphql', () => {
  it.each<[string, object | string, number]>([
    ['malformed JSON', '{', 4400],
    ['an array', [], 4400],
    ['an unknown type', { type: '__proto__' }, 4400],
    ['a message that only servers send', { type: 'next', id: 'a', payload: {} }, 4400],
    ['a long id', { type: 'complete', id: 'x'.repeat(129) }, 4400],
    ['a second connection_init', { type: 'connection_init' }, 4429],
  ])('closes on %s', async (_, message, code) => {
    const client = await connectAndInit();
    client.send(message);
    expect((await client.closed).code).toBe(code);
  });

  it('closes with 4429 on the sixth message before connection_init', async () => {
    const client = await connect();
    for (let count = 0; count < 6; count += 1) client.send({ type: 'ping' });
    expect((await client.closed).code).toBe(4429);
  });

  it('closes with 4400 on a connection_init longer than any token needs', async () => {
    const client = await connect();
    client.send({ type: 'connection_init', payload: { authorization: 'x'.repeat(10_240) } });
    expect((await client.closed).code).toBe(4400);
  });

  it('closes with 4429 on a connection_init over the address’s rate', async () => {
    const limited = await openTestApp({ config: { requestsPerSecond: 1 } });
    const { url } = await serveFeed(limited);
    const codes = [];
    for (let count = 0; count < 3; count += 1) {
      const client = await openSocket(url, '/graphql', ['graphql-transport-ws']);
      client.send({ type: 'connection_init' });
      codes.push(await Promise.race([client.next().then(({ type }) => type), client.closed.then(({ code }) => code)]));
    }
    expect(codes).toEqual(['connection_ack', 'connection_ack', 4429]);
    await limited.close();
  });

  it('closes with 4401 on a subscription before connection_init', async () => {
    const client = await connect();
    client.send(subscribe('a'));
    expect((await client.closed).code).toBe(4401);
  });

  it('closes with 4409 on a second subscription under one id, and leaves none', async () => {
    const client = await connectAndInit();
    for (const id of ['a', 'a']) client.send(subscribe(id));
    expect((await client.closed).code).toBe(4409);
    await expect.poll(watched).toEqual([]);
  });

  it.each([[[]], [['graphql-ws']], [['x', 'y']]])(
    'closes a connection with other subprotocols, and says why: %j',
    async (protocols) => {
      const { closed } = await openSocket((await serveFeed(testApp)).url, '/graphql', protocols);
      const reason = 'offer the subprotocol graphql-transport-ws; the older graphql-ws is not supported';
      expect(await closed).toEqual({ code: 4406, reason });
    },
  );

  it('speaks graphql-transport-ws where a client offers others too', async () => {
    const { socket } = await openSocket((await serveFeed(testApp)).url, '/graphql', ['graphql-ws', 'graphql-transport-ws']);
    expect(socket.protocol).toBe('graphql-transport-ws');
  });

  it('closes on a long id that is in use, with a reason', async () => {
    const client = await connectAndInit();
    for (let count = 0; count < 2; count += 1) client.send(subscribe('x'.repeat(128)));
    expect(await client.closed).toEqual({ code: 4409, reason: expect.stringContaining('id') });
  });

  it('closes with 4408 without connection_init in time, whatever else is sent', async () => {
    const client = await connect({ firstMessageMs: 100 });
    client.send({ type: 'ping' });
    expect((await client.closed).code).toBe(4408);
  });

  it('leaves no subscription of a client that opens and completes one id faster than it gets responses', async () => {
    const client = await connectAndInit();
    for (let count = 0; count < 5; count += 1) {
      client.send(subscribe('a'));
      client.send({ type: 'complete', id: 'a' });
    }
    client.send(subscribe('a'));
    await client.next();
    client.socket.close();
    await client.closed;
    await expect.poll(watched).toEqual([]);
  });

  describe('an id that is used again', () => {
    type Client = Awaited<ReturnType<typeof connectAndInit>>;

    const complete = { type: 'complete', id: 'a' };
    const query = (text: string) => ({ type: 'subscribe', id: 'a', payload: { query: text } });

    /** Sends messages in one write, so that the server reads them at once. */
    function sendTogether({ socket, send }: Client, messages: readonly object[]) {
      const raw = rawSocketOf(socket);
      raw.cork();
      for (const message of messages) send(message);
      raw.uncork();
    }

    /** Invites one lender. @returns what was received up to its event, and the response to the ping after it */
    async function messagesUntilEvent(client: Client): Promise<string[]> {
      await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
      const received: Message[] = [];
      while (received.at(-1)?.payload?.data?.loanEvents.event?.type !== 'lender.invited') received.push(await client.next());
      client.send({ type: 'ping' });
      while (received.at(-1)?.type !== 'pong') received.push(await client.next());
      return received.map(({ type, id, payload }) => [type, id, payload?.data?.loanEvents.event?.type].filter(Boolean).join(' '));
    }

    it('starts a subscription whose id was completed in the same packet, once', async () => {
      const client = await connectAndInit();
      sendTogether(client, [subscribe('a'), complete, subscribe('a')]);
      expect(await client.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { loanEvents: { event: null } } } });
      expect(await messagesUntilEvent(client)).toEqual(['next a lender.invited', 'pong']);
      client.send(complete);
      await expect.poll(watched).toEqual([]);
    });

    it('keeps a new subscription whose id a running one had until the same packet', async () => {
      const client = await connectAndInit();
      client.send(subscribe('a'));
      await client.next();
      sendTogether(client, [complete, subscribe('a')]);
      expect(await client.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { loanEvents: { event: null } } } });
      expect(await messagesUntilEvent(client)).toEqual(['next a lender.invited', 'pong']);
    });

    it('sends the errors of an operation only under the id that it still has', async () => {
      const client = await connectAndInit();
      sendTogether(client, [query('{ x }'), complete, query('{ __typename }'), complete, subscribe('a')]);
      expect(await client.next()).toMatchObject({ id: 'a', type: 'next', payload: { data: { loanEvents: { event: null } } } });
      expect(await messagesUntilEvent(client)).toEqual(['next a lender.invited', 'pong']);
    });

    it('takes an id again once the server has ended its operation', async () => {
      const client = await connectAndInit();
      for (let count = 0; count < 3; count += 1) {
        client.send(query('{ x }'));
        expect(await client.next()).toMatchObject({ id: 'a', type: 'error' });
      }
      client.send(subscribe('a'));
      expect(await client.next()).toMatchObject({ id: 'a', type: 'next' });
    });

    it('closes with 4409 where only another operation was completed', async () => {
      const client = await connectAndInit();
      sendTogether(client, [subscribe('a'), { ...complete, id: 'b' }, subscribe('a')]);
      expect((await client.closed).code).toBe(4409);
      await expect.poll(watched).toEqual([]);
    });

    it('ignores a completion of an operation that has ended, or never was', async () => {
      const client = await connectAndInit();
      client.send(subscribe('a'));
      await client.next();
      sendTogether(client, [complete, complete, { ...complete, id: 'none' }, { type: 'ping' }]);
      expect(await client.next()).toEqual({ type: 'pong' });
      await expect.poll(watched).toEqual([]);
    });
  });

  it('responds to a ping without its payload', async () => {
    const client = await connect();
    client.send(`{"type":"ping","payload":{"deep":${'['.repeat(16_000)}${']'.repeat(16_000)}}}`);
    expect(await client.next()).toEqual({ type: 'pong' });
  });

  it('counts subscriptions that are still being opened', async () => {
    const client = await connectAndInit({ subscriptionsMax: 2 });
    const received = [];
    for (const id of ['a', 'b', 'c', 'd']) client.send(subscribe(id));
    while (received.length < 4) received.push(await client.next());
    const types = new Map(received.map(({ id, type }) => [id, type]));
    expect(Object.fromEntries(types)).toEqual({ a: 'next', b: 'next', c: 'error', d: 'error' });
  });
});

/** The TCP connection of a client, which ws does not publish. */
function rawSocketOf(socket: WebSocket): Socket {
  const raw: unknown = Reflect.get(socket, '_socket');
  if (raw instanceof Socket) return raw;
  throw new TypeError('ws keeps its connection elsewhere');
}
