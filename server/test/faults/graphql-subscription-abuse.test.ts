import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openSubscriptions } from '../../src/api/graphql/subscription-server.ts';
import { CONNECTION_LIMITS } from '../../src/api/websocket/limited-connection.ts';
import { serveFeed, type Told } from '../../src/testing/api/feed.ts';
import { graphQlClient, LOAN_EVENTS, watch } from '../../src/testing/api/graphql-ws.ts';
import { lenders, openTestApp, type Person, type TestApp } from '../../src/testing/app/test-app.ts';

/* Clients of `ws /graphql` that break the rules, on real sockets. */

let testApp: TestApp;
let borrower: Person;
let loan: string;

beforeEach(async () => {
  testApp = await openTestApp();
  borrower = await testApp.as('borrower@example.com');
  loan = await borrower.postsLoan();
});

afterEach(() => testApp.close());

type Settings = Parameters<typeof serveFeed>[1];

/** Says what it likes. */
async function bareClient(settings: Settings = {}, protocol: string | undefined = 'graphql-transport-ws', options = {}) {
  const server = await serveFeed(testApp, settings);
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol === undefined ? [] : [protocol], options);
  const messages: Told[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => {}); // told by its close
  await once(socket, 'open');
  const send = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    ...{ server, socket, messages, closed, send },
    async init(): Promise<void> {
      send({ type: 'connection_init', payload: { authorization: `Bearer ${borrower.token}` } });
      await expect.poll(() => messages).toEqual([{ type: 'connection_ack' }]);
      messages.length = 0;
    },
  };
}

const subscribeTo = (loanId: string, id: string, after?: string) => ({
  ...{ type: 'subscribe', id },
  payload: { query: LOAN_EVENTS, variables: { loanId, after } },
});

describe('a client that breaks the protocol', () => {
  it.each<[string, unknown, number]>([
    ['no JSON', '{', 4400],
    ['no message', [], 4400],
    ['an unknown type', { type: '__proto__' }, 4400],
    ['a message that servers send', { type: 'next', id: 'a', payload: {} }, 4400],
    ['an endless id', { type: 'complete', id: 'x'.repeat(129) }, 4400],
    ['a second connection_init', { type: 'connection_init' }, 4429],
    ['more than 32 KiB', `"${'x'.repeat(32_768)}"`, 1009],
  ])('is sent away: %s', async (_, message, code) => {
    const client = await bareClient();
    await client.init();
    client.send(message);
    expect(await client.closed).toBe(code);
  });

  it('is sent away for bytes, and for text that is not UTF-8', async () => {
    const [bytes, text] = [await bareClient(), await bareClient()];
    bytes.socket.send(Buffer.from('{"type":"ping"}'));
    text.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect([await bytes.closed, await text.closed]).toEqual([1003, 1007]);
  });

  it('is sent away that subscribes before it has connected, or twice under one id', async () => {
    const [early, twice] = [await bareClient(), await bareClient()];
    early.send(subscribeTo(loan, 'a'));
    await twice.init();
    for (const id of ['a', 'a']) twice.send(subscribeTo(loan, id));
    expect([await early.closed, await twice.closed]).toEqual([4401, 4409]);
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });

  it.each([undefined, 'graphql-ws'])('is sent away that speaks another protocol: %s', async (protocol) => {
    const server = await serveFeed(testApp);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol === undefined ? [] : [protocol]);
    const told = new Promise((resolve) => {
      socket.on('close', resolve);
      socket.on('error', () => {}); // a client may object itself to a protocol that was not agreed upon
    });
    expect([4406, 1006]).toContain(await told);
  });

  it('leaves nothing behind that opens, completes and opens again under one id, faster than is answered', async () => {
    const client = await bareClient();
    await client.init();
    for (let time = 0; time < 5; time += 1) {
      client.send(subscribeTo(loan, 'a'));
      client.send({ type: 'complete', id: 'a' });
    }
    client.send(subscribeTo(loan, 'a'));
    await expect.poll(() => client.messages.length).toBeGreaterThan(0);
    client.socket.close();
    await client.closed;
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });

  it('is answered a ping, whatever comes with it', async () => {
    const client = await bareClient();
    client.send(`{"type":"ping","payload":{"deep":${'['.repeat(16_000)}${']'.repeat(16_000)}}}`);
    await expect.poll(() => client.messages).toEqual([{ type: 'pong' }]);
  });
});

describe('too much of something', () => {
  it('of subscriptions is refused, and those that stand go on', async () => {
    const { url } = await serveFeed(testApp);
    const client = graphQlClient(url, borrower);
    const watched = Array.from({ length: 20 }, () => watch(client, { loanId: loan }));
    await expect.poll(() => watched.every(({ told }) => told.length === 1)).toBe(true);
    const late = watch(client, { loanId: loan });
    expect(await late.ended).toEqual(['CONFLICT']);
    watched[0]?.stop();
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(1, 1) });
    await expect.poll(() => watched.map(({ told }) => told.length)).toEqual([1, ...Array.from({ length: 19 }, () => 2)]);
    const again = watch(client, { loanId: loan });
    await expect.poll(() => again.told.length).toBe(1);
  });

  it('of subscriptions at once is refused before they are opened', async () => {
    const client = await bareClient({ subscriptionsMax: 2 });
    await client.init();
    for (const id of ['a', 'b', 'c', 'd']) client.send(subscribeTo(loan, id));
    await expect.poll(() => client.messages.length).toBe(4);
    expect(client.messages.map(({ id, type }) => `${id} ${type}`).toSorted()).toEqual(['a next', 'b next', 'c error', 'd error']);
  });

  it('of messages in a time closes the connection with 4429', async () => {
    const client = await bareClient({ messagesMax: 5 });
    for (let n = 0; n < 6; n += 1) client.send({ type: 'ping' });
    expect(await client.closed).toBe(4429);
  });

  it('of messages that are not done with closes the connection with 4429', async () => {
    const client = await bareClient({ waitingMax: 3, messagesMax: 1000 });
    await client.init();
    for (let n = 0; n < 10; n += 1) client.send(subscribeTo(loan, `s${n}`));
    expect(await client.closed).toBe(4429);
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });

  it('of connections is counted with those of the feed', async () => {
    const { url, connect } = await serveFeed(testApp, { connectionsMax: 1 });
    await connect();
    const late = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const [refusal] = await once(late, 'error');
    expect(String(refusal)).toContain('503');
  });
});

describe('silence', () => {
  it.each([[[]], [[{ type: 'ping' }]]])('before connection_init closes the connection with 4408: %j', async (messages) => {
    const client = await bareClient({ firstMessageMs: 100 });
    for (const message of messages) client.send(message);
    expect(await client.closed).toBe(4408);
  });

  it('of a connection without a subscription closes it with 4408', async () => {
    const client = await bareClient({ idleMs: 100 });
    await client.init();
    expect(await client.closed).toBe(4408);
  });

  it('of a subscriber is no offence, until the last subscription is completed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = await bareClient({ idleMs: 100 });
    await client.init();
    client.send(subscribeTo(loan, 'a'));
    await expect.poll(() => client.messages.length).toBe(1);
    const pinged = async (times: number) => {
      client.send({ type: 'ping' });
      await expect.poll(() => client.messages.filter(({ type }) => type === 'pong').length).toBe(times);
    };
    vi.advanceTimersByTime(300);
    await pinged(1);
    client.send({ type: 'complete', id: 'a' });
    await pinged(2);
    vi.advanceTimersByTime(100);
    expect(await client.closed).toBe(4408);
  });

  it('to a ping of WebSocket’s own ends the connection', async () => {
    const client = await bareClient({ pingMs: 50 }, 'graphql-transport-ws', { autoPong: false });
    await client.init();
    client.send(subscribeTo(loan, 'a'));
    expect(await client.closed).toBe(1006);
    await expect.poll(() => testApp.app.services.changes.watched()).toEqual([]);
  });
});

describe('a slow reader', () => {
  it('is sent one answer at a time, then closed with 4430, and can go on where it was', async () => {
    const closings: number[] = [];
    const sent: Told[] = [];
    const socket = {
      // The ack, the place of the beginning and one event are taken; nothing after that.
      send: (text: string) => (sent.push(JSON.parse(text)) > 3 ? new Promise<void>(() => {}) : Promise.resolve()),
      close: ({ code }: { code: number }) => void closings.push(code),
    };
    const limits = { ...CONNECTION_LIMITS, sendMs: 50 };
    const connect = openSubscriptions({ services: testApp.app.services, allowsIntrospection: true, onFault: () => {}, limits });
    const connection = connect(socket, { address: '', traceparent: null }, 'graphql-transport-ws');
    const init = { type: 'connection_init', payload: { authorization: `Bearer ${borrower.token}` } };
    connection.receive(JSON.stringify(init));
    await expect.poll(() => sent.length).toBe(1);
    connection.receive(JSON.stringify(subscribeTo(loan, 'a')));
    await expect.poll(() => sent.length).toBe(2);
    await borrower.post(`/loans/${loan}/lenders`, { lenders: lenders(5, 1) });
    await expect.poll(() => closings).toEqual([4430]);
    expect(sent).toHaveLength(4); // nothing behind the one that was not taken
    expect(testApp.app.services.changes.watched()).toEqual([]);
    const { cursor } = sent[2].payload.data.loanEvents;
    const { body } = await borrower.get(`/loans/${loan}/events?after=${cursor}`);
    expect(body.events).toHaveLength(4);
  });
});

describe('a server that stops', () => {
  it('closes with 1001, on which the client of graphql-ws connects anew', async () => {
    const { sockets, url } = await serveFeed(testApp);
    const watched = watch(graphQlClient(url, borrower), { loanId: loan });
    await expect.poll(() => watched.told.length).toBe(1);
    await sockets.close();
    expect(await watched.ended).toBe(1001);
    expect(testApp.app.services.changes.watched()).toEqual([]);
    const late = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const [refusal] = await once(late, 'error');
    expect(String(refusal)).toContain('503');
  });
});
