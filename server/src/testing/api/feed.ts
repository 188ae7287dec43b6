import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FeedConnection } from '../../api/feed/connection.ts';
import { openSubscriptions } from '../../api/graphql/subscription-server.ts';
import { listen } from '../../api/http/http-server.ts';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../api/websocket/limits.ts';
import { openWebSockets, type WebSocketsOptions } from '../../api/websocket/websocket-server.ts';
import type { TestApp } from '../app/test-app.ts';
import type { TestUser } from '../app/test-user.ts';

/* A test app's WebSockets behind a real server, and clients that send what they like. */

export type ServeSettings = Partial<ConnectionLimits & Omit<WebSocketsOptions, 'ids' | 'onError'>>;

/** A message from the server; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a message is what it checks
export type Message = any;

export type FeedClient = Awaited<ReturnType<typeof connectFeed>>;

/** Serves `/feed` and `/graphql`. Closed after the test. */
export async function serveFeed({ app }: Pick<TestApp, 'app'>, settings: ServeSettings = {}) {
  const { services } = app;
  const { ids } = services;
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const limits = { ...CONNECTION_LIMITS, ...settings };
  const sockets = openWebSockets({ trustedHops: 0, ...settings, ids, onError });
  const graphQl = openSubscriptions({ services, allowsIntrospection: app.localIssuer !== undefined, onError, limits });
  const upgrades = {
    '/feed': sockets.endpoint(async () => (socket, peer) => new FeedConnection(socket, peer, { services, onError, limits })),
    '/graphql': sockets.endpoint(async () => graphQl, 'graphql-transport-ws'),
  };
  const server = await listen(app.fetch, { host: '127.0.0.1', port: 0, ids, upgrades });
  onTestFinished(async () => {
    await Promise.all([sockets.close(), server.close()]);
    if (errors.length > 0) throw new Error('a connection failed', { cause: errors[0] });
  });
  return { url: server.url, sockets, errors, connect: (options?: WebSocket.ClientOptions) => connectFeed(server.url, options) };
}

export const UPGRADE_HEADERS = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'] as const;

/** A request to upgrade to WebSocket, as text. */
export function upgradeRequest(path: string, ...headers: string[]): string {
  const first = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket'];
  return [...first, ...headers, '', ''].join('\r\n');
}

/** @param url of the server */
export async function openSocket(url: string, path: string, protocols: string[] = [], options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, options);
  const messages: Message[] = [];
  let readCount = 0;
  socket.on('message', (data) => void messages.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await once(socket, 'open');
  socket.on('error', () => {}); // its close follows
  return {
    socket,
    messages,
    closed,
    send: (message: object | string) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** The next message that was not read yet. */
    async next(): Promise<Message> {
      while (messages.length <= readCount) {
        if (socket.readyState === WebSocket.CLOSED) {
          const { code, reason } = await closed;
          throw new Error(`the connection is closed: ${code} ${reason}`);
        }
        await Promise.race([once(socket, 'message'), closed]);
      }
      readCount += 1;
      return messages[readCount - 1];
    },
  };
}

/** @param url of the server */
export async function connectFeed(url: string, options: WebSocket.ClientOptions = {}) {
  const client = await openSocket(url, '/feed', [], options);
  const { send, next } = client;

  async function ask(message: object): Promise<Message> {
    send(message);
    return next();
  }

  return {
    ...client,
    /** Sends a message and reads the next one. */
    ask,
    /** @returns the response */
    subscribe: ({ token }: Pick<TestUser, 'token'>, loanId: string, after?: string) =>
      ask({ type: 'subscribe', token, loan_id: loanId, after }),
    /** Reads a number of events, summarized. */
    async events(count: number): Promise<string[]> {
      const events: string[] = [];
      while (events.length < count) {
        const { type, event, problem } = await next();
        events.push(event ? summaryOf(event) : problem ? `${type} ${problem.error}` : type);
      }
      return events;
    },
  };
}

/** Such as `lender.invited ann0` or `loan.closed`. */
export function summaryOf({ type, data }: Message): string {
  return data.lender ? `${type} ${data.lender.email.split('@')[0]}` : type;
}
