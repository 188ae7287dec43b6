import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { DomainError } from '../../domain/errors.ts';
import { continueTrace } from '../../telemetry/trace.ts';
import { addressBehind } from '../http/client-address.ts';
import { answerRaw } from '../http/raw-answer.ts';
import type { Upgrade } from '../http/upgrades.ts';
import { CLOSING, type Closing } from './closing.ts';
import { FeedConnection, type FeedGround } from './connection.ts';
import { malformed } from './messages.ts';

/* The feed on WebSocket: connections in, text in and out. What the texts say is none of its business. */

export const MESSAGE_BYTES_MAX = 32_768;
const CONNECTIONS_MAX = 5000;
const PING_MS = 30_000;
/** How long a client has to confirm that the connection is closed, before it is cut off. */
const CLOSE_MS = 2000;

export interface FeedOptions extends FeedGround {
  readonly trustedHops: number;
  readonly connectionsMax?: number;
  /** Who does not answer a ping by the next one is gone. */
  readonly pingMs?: number;
}

export interface Feed {
  readonly upgrade: Upgrade;
  /** Closes all connections, and takes no more. */
  close(): Promise<void>;
}

export function openFeed({ trustedHops, connectionsMax = CONNECTIONS_MAX, pingMs = PING_MS, ...ground }: FeedOptions): Feed {
  const { ids } = ground.services;
  const connections = new Map<WebSocket, FeedConnection>();
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, closeTimeout: CLOSE_MS },
    maxPayload: MESSAGE_BYTES_MAX,
  });
  server.on('wsClientError', (_, socket) => {
    const error = malformed('', 'This is not a well-formed request for a WebSocket of version 13.');
    answerRaw(socket, { error, requestId: ids.request(), reason: 'Bad Request', headers: ['Sec-WebSocket-Version: 13'] });
  });
  const stopPings = pingAll(connections, pingMs);
  let isClosing = false;

  function take(socket: WebSocket, request: IncomingMessage): void {
    const { 'x-forwarded-for': forwardedFor, traceparent } = request.headers;
    const peer = {
      address: addressBehind(trustedHops, textOf(forwardedFor), request.socket.remoteAddress ?? ''),
      traceparent: continueTrace(textOf(traceparent)),
    };
    const connection = new FeedConnection(socketOf(socket), peer, ground);
    connections.set(socket, connection);
    socket.on('message', (data, isBinary) => (isBinary ? connection.close(CLOSING.notText) : connection.receive(String(data))));
    socket.on('close', () => {
      connections.delete(socket);
      connection.close();
    });
    socket.on('error', () => connection.close()); // broken frames and the like: WebSocket's own close code has told the client
  }

  return {
    upgrade(request, socket, head) {
      if (isClosing || connections.size >= connectionsMax) answerRaw(socket, { ...full(), requestId: ids.request() });
      else server.handleUpgrade(request, socket, head, take);
    },
    async close() {
      isClosing = true;
      stopPings();
      const gone = [...connections.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const connection of connections.values()) connection.close(CLOSING.stopping);
      await Promise.all(gone);
    },
  };
}

function socketOf(socket: WebSocket) {
  return {
    send: (text: string) =>
      new Promise<void>((resolve, reject) => socket.send(text, (fault) => (fault ? reject(fault) : resolve()))),
    close: ({ code, reason }: Closing) => socket.close(code, reason),
  };
}

/** A connection that broke without a word is found by its silence. */
function pingAll(connections: ReadonlyMap<WebSocket, FeedConnection>, everyMs: number): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of connections.keys()) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.once('pong', () => silent.delete(socket));
      socket.ping();
    }
  }, everyMs);
  return () => clearInterval(timer);
}

function full(): { error: DomainError; reason: string; headers: string[] } {
  const message = 'No more connections can be taken. Please retry after 10 seconds.';
  const error = new DomainError('SERVICE_UNAVAILABLE', 'Contention', message, { retryAfter: 10 });
  return { error, reason: 'Service Unavailable', headers: ['Retry-After: 10'] };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
