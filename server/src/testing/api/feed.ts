import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FeedConnection } from '../../api/feed/connection.ts';
import { openSubscriptions } from '../../api/graphql/subscription-server.ts';
import { listen } from '../../api/http/http-server.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../api/websocket/limits.ts';
import { openWebSockets } from '../../api/websocket/websocket-server.ts';
import type { Person, TestApp } from '../app/test-app.ts';

/* A lab's feed behind a real server, and clients of it that say what they like. */

interface FeedSettings extends Partial<ConnectionLimits> {
  readonly connectionsMax?: number;
  readonly pingMs?: number;
  readonly trustedHops?: number;
}

/** A message from the server; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a message is what it checks
export type Told = any;

export type FeedClient = Awaited<ReturnType<typeof connectFeed>>;

/** Closed after the test. */
export async function serveFeed({ app }: Pick<TestApp, 'app'>, settings: FeedSettings = {}) {
  const { connectionsMax, pingMs, trustedHops = 0, ...limits } = settings;
  const { services } = app;
  const { ids } = services;
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => void faults.push(fault);
  const bounds = { ...CONNECTION_LIMITS, ...limits };
  const sockets = openWebSockets({
    ...{ ids, trustedHops, onError: onFault },
    ...(connectionsMax !== undefined && { connectionsMax }),
    ...(pingMs !== undefined && { pingMs }),
  });
  const upgrades = {
    '/feed': sockets.endpoint(
      async () => (socket, peer) => new FeedConnection(socket, peer, { services, onError: onFault, limits: bounds }),
    ),
    '/graphql': sockets.endpoint(
      async () =>
        openSubscriptions({ services, allowsIntrospection: app.localIssuer !== undefined, onError: onFault, limits: bounds }),
      'graphql-transport-ws',
    ),
  };
  const server = await listen(app.fetch, { host: '127.0.0.1', port: 0, ids, upgrades });
  onTestFinished(async () => {
    await Promise.all([sockets.close(), server.close()]);
    if (faults.length > 0) throw new Error('a connection failed', { cause: faults[0] });
  });
  return { url: server.url, sockets, faults, connect: (options: WebSocket.ClientOptions = {}) => connectFeed(server.url, options) };
}

/** @param url of the server */
export async function connectFeed(url: string, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/feed`, options);
  const messages: Told[] = [];
  let wake = (): void => {};
  let read = 0;
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      wake();
    }),
  );
  socket.on('error', () => {}); // told by its close
  await once(socket, 'open');

  async function next(): Promise<Told> {
    while (messages.length <= read) {
      if (socket.readyState === WebSocket.CLOSED) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    read += 1;
    return messages[read - 1];
  }

  async function ask(message: object): Promise<Told> {
    socket.send(JSON.stringify(message));
    return next();
  }

  return {
    socket,
    messages,
    closed,
    next,
    /** Sends a message and takes in the next one that comes. */
    ask,
    send: (text: string) => socket.send(text),
    /** @returns the answer to a subscription */
    subscribe: ({ token }: Pick<Person, 'token'>, loanId: string, after?: string) =>
      ask({ type: 'subscribe', token, loan_id: loanId, ...(after !== undefined && { after }) }),
    /** The next so many events, in short. */
    async events(count: number): Promise<string[]> {
      const told: string[] = [];
      while (told.length < count) told.push(inShort(await next()));
      return told;
    },
  };
}

function inShort({ type, event, problem }: Told): string {
  if (type !== 'event') return problem ? `${type} ${problem.error}` : type;
  const { lender } = event.data;
  return lender ? `${event.type} ${lender.email.split('@')[0]}` : event.type;
}
