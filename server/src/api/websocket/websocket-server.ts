import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { DomainError, invalid, unexpectedError } from '../../domain/errors.ts';
import type { Ids } from '../../domain/ids.ts';
import { continueTrace } from '../../telemetry/trace.ts';
import { forwardedAddress } from '../http/client-address.ts';
import { type RawResponse, writeRawResponse } from '../http/raw-response.ts';
import type { Upgrade } from '../http/websocket-upgrade.ts';
import { CLOSE_CODES, type Closing } from './close-codes.ts';
import { MESSAGE_BYTES_MAX, type MessageSocket } from './limited-connection.ts';

/* WebSockets of all doors: connections in, text in and out. What the texts say is none of its business. */

const CONNECTIONS_MAX = 5000;
const PING_MS = 30_000;
/** How long a client has to confirm that the connection is closed, before it is cut off. */
const CLOSE_MS = 2000;

export interface SocketPeer {
  readonly address: string;
  /** W3C trace context of the request that opened the connection, well-formed. */
  readonly traceparent: string | null;
}

/** What a door makes of a WebSocket. */
export interface Connection {
  receive(text: string): void;
  /** Ends it, and lets go of everything. @param closing left out where the connection is gone already */
  close(closing?: Closing): void;
}

/** @param protocol the subprotocol that was agreed upon; empty for none */
export type Connect = (socket: MessageSocket, peer: SocketPeer, protocol: string) => Connection;

export interface WebSocketsOptions {
  readonly ids: Pick<Ids, 'request'>;
  readonly trustedHops: number;
  /** Told of a door that can't be opened. */
  readonly onFault: (fault: unknown) => void;
  readonly connectionsMax?: number;
  /** Who does not answer a ping by the next one is gone. */
  readonly pingMs?: number;
}

export interface WebSockets {
  /**
   * A door to be connected to.
   * @param load called with each connection
   * @param protocol the subprotocol that it speaks
   */
  door(load: () => Promise<Connect>, protocol?: string): Upgrade;
  /** Closes the connections of all doors, and takes no more. */
  close(): Promise<void>;
}

export function openWebSockets(options: WebSocketsOptions): WebSockets {
  const { ids, trustedHops, onFault, connectionsMax = CONNECTIONS_MAX, pingMs = PING_MS } = options;
  const connections = new Map<WebSocket, Connection>();
  const stopPings = pingAll(connections, pingMs);
  let isClosing = false;

  function take(socket: WebSocket, request: IncomingMessage, connect: Connect): void {
    const { 'x-forwarded-for': forwardedFor, traceparent } = request.headers;
    const peer = {
      address: forwardedAddress(trustedHops, textOf(forwardedFor), request.socket.remoteAddress ?? ''),
      traceparent: continueTrace(textOf(traceparent)),
    };
    const connection = connect(socketOf(socket), peer, socket.protocol);
    connections.set(socket, connection);
    socket.on('message', (data, isBinary) => (isBinary ? connection.close(CLOSE_CODES.notText) : connection.receive(String(data))));
    socket.on('close', () => {
      connections.delete(socket);
      connection.close();
    });
    socket.on('error', () => connection.close()); // broken frames and the like: WebSocket's own close code has told the client
  }

  return {
    door(load, protocol) {
      const server = serverFor(protocol, ids);
      return (request, socket, head) => {
        const refuse = (refusal: Omit<RawResponse, 'requestId'>) =>
          writeRawResponse(socket, { ...refusal, requestId: ids.request() });
        withoutCrash(socket, load).then(
          (connect) => {
            if (isClosing || connections.size >= connectionsMax) refuse(full());
            else server.handleUpgrade(request, socket, head, (opened) => take(opened, request, connect));
          },
          (fault: unknown) => {
            onFault(fault);
            refuse({ error: unexpectedError(fault), reason: 'Internal Server Error' });
          },
        );
      };
    },
    async close() {
      isClosing = true;
      stopPings();
      const gone = [...connections.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const connection of connections.values()) connection.close(CLOSE_CODES.stopping);
      await Promise.all(gone);
    },
  };
}

/** While a door is loaded nobody else listens to the socket, and an error that nobody hears ends the program. */
async function withoutCrash<Loaded>(socket: Duplex, load: () => Promise<Loaded>): Promise<Loaded> {
  const hungUp = () => socket.destroy();
  socket.on('error', hungUp);
  try {
    return await load();
  } finally {
    socket.off('error', hungUp);
  }
}

function serverFor(protocol: string | undefined, ids: Pick<Ids, 'request'>): WebSocketServer {
  const server = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, perMessageDeflate: false, closeTimeout: CLOSE_MS },
    maxPayload: MESSAGE_BYTES_MAX,
    ...(protocol !== undefined && { handleProtocols: (offered) => offered.has(protocol) && protocol }),
  });
  server.on('wsClientError', (_, socket) => {
    const message = 'This is not a well-formed request for a WebSocket of version 13.';
    const error = invalid([{ path: '', code: 'INVALID', message }]);
    writeRawResponse(socket, { error, requestId: ids.request(), reason: 'Bad Request', headers: ['Sec-WebSocket-Version: 13'] });
  });
  return server;
}

function socketOf(socket: WebSocket): MessageSocket {
  return {
    send: (text) => new Promise<void>((resolve, reject) => socket.send(text, (fault) => (fault ? reject(fault) : resolve()))),
    close: ({ code, reason }) => socket.close(code, reason),
  };
}

/** A connection that broke without a word is found by its silence. */
function pingAll(connections: ReadonlyMap<WebSocket, Connection>, everyMs: number): () => void {
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

function full(): Omit<RawResponse, 'requestId'> {
  const message = 'No more connections can be taken. Please retry after 10 seconds.';
  const error = new DomainError('SERVICE_UNAVAILABLE', 'Contention', message, { retryAfter: 10 });
  return { error, reason: 'Service Unavailable', headers: ['Retry-After: 10'] };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
