import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type DomainError, invalid, unexpectedError, webSocketVersionUnsupported } from '../../domain/errors.ts';
import type { Ids, UserId } from '../../domain/ids.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import { continueTrace } from '../../telemetry/trace.ts';
import { ownOrigin, siteError } from '../http/auth/own-origin.ts';
import { forwardedAddress } from '../http/client-address.ts';
import { writeRawResponse } from '../http/raw-response.ts';
import type { Upgrade } from '../http/websocket-upgrade.ts';
import { CLOSE_CODES, type Closing } from './close-codes.ts';
import { atCapacity, ConnectionSlots } from './connection-slots.ts';
import type { MessageSocket } from './limited-connection.ts';
import {
  CLOSE_TIMEOUT_MS,
  CONNECTION_LIMITS,
  FRAGMENTS_MAX,
  MESSAGE_BYTES_MAX,
  PING_INTERVAL_MS,
  SLOT_LIMITS,
  type SlotLimits,
} from './limits.ts';
import { MessageWindow } from './message-window.ts';

/** RFC 6455. ws would take version 8 too, a draft of it. */
const WEBSOCKET_VERSION = '13';
const VERSION_HEADERS = [`Sec-WebSocket-Version: ${WEBSOCKET_VERSION}`, 'Upgrade: websocket'];

/** The client at the other end of a WebSocket. */
export interface SocketPeer {
  readonly address: ClientAddress;
  /** W3C trace context of the request that opened the connection, well-formed. */
  readonly traceparent: string | null;
  /** To be called with each user that signs in. @throws DomainError `TOO_MANY_REQUESTS` where they have too many connections */
  admit(userId: UserId): void;
}

/** A connection as its protocol handles it. */
export interface ProtocolConnection {
  receive(text: string): void;
  /** Ends it with all its subscriptions. @param closing left out where the connection is gone already */
  close(closing?: Closing): void;
}

/** @param protocol the subprotocol of the connection, which may be another than the endpoint's; empty for none */
export type Connect = (socket: MessageSocket, peer: SocketPeer, protocol: string) => ProtocolConnection;

export interface WebSocketsOptions {
  readonly ids: Pick<Ids, 'request'>;
  readonly trustedHops: number;
  /** PUBLIC_URL */
  readonly publicUrl?: string | undefined;
  /** Pages of other origins than our own may not connect. */
  readonly corsOrigins?: readonly string[];
  /** Called when an endpoint can't be loaded. */
  readonly onError: (error: unknown) => void;
  readonly slotLimits?: Partial<SlotLimits>;
  readonly pingMs?: number;
}

export interface WebSockets {
  /**
   * Creates an endpoint for HTTP upgrades.
   * @param load called for each connection
   * @param protocol the subprotocol that it speaks. Undefined for none: one that a client offers is not taken
   */
  endpoint(load: () => Promise<Connect>, protocol?: string): Upgrade;
  /** Closes the connections of all endpoints, and accepts no more. */
  close(): Promise<void>;
}

/** Opens and closes connections, and passes on their messages as text, whatever protocol they are of. */
export function openWebSockets(options: WebSocketsOptions): WebSockets {
  const { ids, trustedHops, publicUrl, corsOrigins = [], onError, slotLimits, pingMs = PING_INTERVAL_MS } = options;
  const slots = new ConnectionSlots({ ...SLOT_LIMITS, ...slotLimits });
  const connections = new Map<WebSocket, ProtocolConnection>();
  const stopPings = pingAll(connections, pingMs);
  let isClosing = false;

  const addressOf = ({ headers, socket }: IncomingMessage) =>
    forwardedAddress(trustedHops, textOf(headers['x-forwarded-for']), socket.remoteAddress ?? '');

  function errorOfSite({ headers }: IncomingMessage): DomainError | undefined {
    const protocol = trustedHops > 0 ? textOf(headers['x-forwarded-proto']) : undefined;
    return siteError(headers.origin, ownOrigin(publicUrl, `http://${headers.host ?? ''}`, protocol), corsOrigins);
  }

  function open(socket: WebSocket, request: IncomingMessage, connect: Connect): void {
    const address = addressOf(request);
    const { admit, release } = slots.take(address);
    const peer = { address, traceparent: continueTrace(textOf(request.headers['traceparent'])), admit };
    const connection = connect(messageSocket(socket), peer, socket.protocol);
    connections.set(socket, connection);
    socket.on('message', (data, isBinary) => (isBinary ? connection.close(CLOSE_CODES.notText) : connection.receive(String(data))));
    const controlFrames = new MessageWindow(CONNECTION_LIMITS); // each ping's response waits in memory for a client that reads nothing
    const countControlFrame = () => controlFrames.accepts() || connection.close(CLOSE_CODES.tooMany);
    socket.on('ping', countControlFrame);
    socket.on('pong', countControlFrame);
    socket.on('close', () => {
      connections.delete(socket);
      release();
      connection.close();
    });
    socket.on('error', () => connection.close()); // such as a broken frame, for which ws has sent the close code
  }

  return {
    endpoint(load, protocol) {
      const server = serverFor(protocol, ids);
      return (request, socket, head) => {
        const reject = (error: DomainError, headers: string[] = []) => writeRawResponse(socket, { error, request, ids, headers });
        const version = request.headers['sec-websocket-version'];
        if (version !== undefined && version !== WEBSOCKET_VERSION) return reject(webSocketVersionUnsupported(), VERSION_HEADERS);
        const foreign = errorOfSite(request);
        if (foreign) return reject(foreign);
        withErrorListener(socket, load).then(
          (connect) => {
            const error = isClosing ? atCapacity() : slots.errorFor(addressOf(request));
            if (error) reject(error);
            else server.handleUpgrade(request, socket, head, (opened) => open(opened, request, connect));
          },
          (error: unknown) => {
            onError(error);
            reject(unexpectedError(error));
          },
        );
      };
    },
    async close() {
      isClosing = true;
      stopPings();
      const closed = [...connections.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const connection of connections.values()) connection.close(CLOSE_CODES.stopping);
      await Promise.all(closed);
    },
  };
}

/** Nothing else listens to the socket while an endpoint is loaded, and an `error` event without a listener ends the process. */
async function withErrorListener<Loaded>(socket: Duplex, load: () => Promise<Loaded>): Promise<Loaded> {
  const destroy = () => socket.destroy();
  socket.on('error', destroy);
  try {
    return await load();
  } finally {
    socket.off('error', destroy);
  }
}

function serverFor(protocol: string | undefined, ids: Pick<Ids, 'request'>): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    // Its types lack these. A flood of pings is closed with its code before ws would cut the connection off.
    ...{ closeTimeout: CLOSE_TIMEOUT_MS, maxPendingAutoPongs: CONNECTION_LIMITS.messagesMax + 1 },
    handleProtocols: (offered) => protocol !== undefined && chooseSubprotocol(protocol, offered),
  });
  server.on('wsClientError', (_, socket, request) => {
    const message = 'This is not a well-formed request for a WebSocket of version 13.';
    const error = invalid([{ path: '', code: 'INVALID', message }]);
    writeRawResponse(socket, { error, request, ids, headers: VERSION_HEADERS });
  });
  return server;
}

/** Takes the first offer where ours is missing: browsers hide from a page why a connection without a subprotocol is closed. */
function chooseSubprotocol(ours: string, offered: ReadonlySet<string>): string | false {
  const [first = false] = offered;
  return offered.has(ours) ? ours : first;
}

function messageSocket(socket: WebSocket): MessageSocket {
  return {
    send: (text) => new Promise<void>((resolve, reject) => socket.send(text, (error) => (error ? reject(error) : resolve()))),
    close: ({ code, reason }) => socket.close(code, reason),
  };
}

/** Cuts off connections that broke without a close. */
function pingAll(connections: ReadonlyMap<WebSocket, ProtocolConnection>, intervalMs: number): () => void {
  const unanswered = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const socket of connections.keys()) {
      if (unanswered.has(socket)) {
        socket.terminate();
        continue;
      }
      unanswered.add(socket);
      socket.once('pong', () => unanswered.delete(socket));
      socket.ping();
    }
  }, intervalMs);
  return () => clearInterval(timer);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
