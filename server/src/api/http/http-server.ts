import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { NO_ADDRESS, parseClientAddress } from '../../auth/client-address.ts';
import {
  type DomainError,
  expectationFailed,
  headersTooLarge,
  methodNotAllowed,
  rateLimited,
  requestTimeout,
  unexpectedError,
} from '../../domain/errors.ts';
import type { Ids } from '../../domain/ids.ts';
import { type ConnectionLimits, ConnectionTable } from './connection-table.ts';
import { isLingering } from './connections/lingering-close.ts';
import { hasRequestLine, malformedRequest, type ParserError } from './connections/malformed-request.ts';
import { PendingResponses } from './connections/pending-responses.ts';
import { discardUnreadBody, hasLargeRest } from './connections/unread-body.ts';
import type { Peer } from './hono-env.ts';
import { problemWithoutContext } from './problem.ts';
import { writeProblem, writeRawResponse } from './raw-response.ts';
import { badRequest } from './request-body.ts';
import { handleUpgrades, isForWebSocket, type Upgrades } from './websocket-upgrade.ts';

const HEADERS_TIMEOUT_MS = 10_000;
/** For the whole request, headers and body. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
const HEADER_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 10_000;
/** Connections that wait to be accepted: the next one is delayed by a second or more. The system may allow fewer. */
const BACKLOG_MAX = 4096;
const CONNECTION_LIMITS: ConnectionLimits = { perAddressMax: 1000, perAddressPerSecond: 500, idleFrom: 8000 };
/** Time for running requests to end on shutdown: less than service managers wait before they kill. */
const DRAIN_MS = 8000;
const IDLE_CHECK_MS = 50;
/** For HTTP/1.0 without a `Host`, such as the health checks of load balancers. */
const DEFAULT_HOST = 'localhost';
/** Methods that some path allows. */
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST'];
const ALLOW = `Allow: ${METHODS.join(', ')}`;

export interface HttpServer {
  readonly url: string;
  /** Accepts no more requests, and waits for the running ones. */
  close(): Promise<void>;
}

interface ListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly ids: Pick<Ids, 'request'>;
  readonly upgrades?: Upgrades;
  /** Number of our own proxies. If there are any, all connections are theirs, and addresses have no limit. */
  readonly trustedHops?: number;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  readonly requestTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
}

type Incoming = Pick<IncomingMessage, 'complete' | 'headers' | 'httpVersion' | 'socket'>;

interface Outgoing {
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  end(text: string): unknown;
  destroy(): unknown;
}

export async function listen(
  fetch: (request: Request, peer: Peer) => Promise<Response>,
  options: ListenOptions,
): Promise<HttpServer> {
  const { host, port, ids, requestTimeoutMs = REQUEST_TIMEOUT_MS, headersTimeoutMs = HEADERS_TIMEOUT_MS } = options;
  const { upgrades = {}, trustedHops = 0, connectionLimits } = options;
  const limits = {
    ...CONNECTION_LIMITS,
    ...connectionLimits,
    ...(trustedHops > 0 && { perAddressMax: Number.POSITIVE_INFINITY, perAddressPerSecond: Number.POSITIVE_INFINITY }),
  };
  const serverOptions = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    requireHostHeader: false, // rejected below instead, with a problem body
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
    shouldUpgradeCallback: isForWebSocket,
  };
  async function handle(request: Request, incoming: Incoming, outgoing: Outgoing): Promise<Response> {
    const { socket, httpVersion } = incoming;
    const disconnect = () => void outgoing.destroy();
    // New connections are limited, so this slows down a client that ignores its rate; but a proxy's serve all clients.
    const hasToClose = (status: number) => (status === 429 && trustedHops === 0) || hasLargeRest(incoming);
    const send: Peer['send'] = (status, headers, text) => {
      const connection = hasToClose(status) && { Connection: 'close' };
      outgoing.writeHead(status, { ...headers, ...connection, 'Content-Length': Buffer.byteLength(text) });
      outgoing.end(text);
      return RESPONSE_ALREADY_SENT;
    };
    const response = await fetch(request, { address: socket.remoteAddress ?? '', httpVersion, disconnect, send });
    if (response === RESPONSE_ALREADY_SENT) return response;
    if (hasToClose(response.status)) response.headers.set('Connection', 'close');
    return response;
  }
  const listener = getRequestListener((request, { incoming, outgoing }) => handle(request, incoming, outgoing), {
    hostname: DEFAULT_HOST,
    overrideGlobalObjects: false,
    autoCleanupIncoming: false, // it would close kept connections
    errorHandler: (error) => toErrorResponse(error, ids),
  });
  const server = createServer(serverOptions);
  server.maxConnections = CONNECTIONS_MAX;
  trackConnections(server, limits, ids);
  answerExpectations(server, ids);
  const pending = new PendingResponses();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isLingering(request.socket)) return; // after "Connection: close" a client expects no more responses
    pending.add(request.socket, response);
    discardUnreadBody(request, response);
    const violation = malformedRequest(request);
    if (violation === undefined) void listener(request, response);
    else writeProblem(response, badRequest(violation), ids);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) =>
    writeRawResponse(socket, { error: methodNotAllowed(METHODS, 'This server'), request, ids, headers: [ALLOW] }),
  );
  server.on('clientError', (error: ParserError, socket: Socket) => rejectConnection(error, socket, { ids, pending }));
  handleUpgrades(server, upgrades, ids);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG_MAX }, resolve);
  });
  return { url: urlOf(server, host), close: () => drain(server) };
}

/** Rejects connections of an address that has too many, and keeps account of those that are idle. */
function trackConnections(server: Server, limits: ConnectionLimits, ids: Pick<Ids, 'request'>): void {
  const connections = new ConnectionTable(limits);
  // Before HTTP takes a connection over, as rejecting has to be cheap: a flood of connections is attempted at any rate.
  const accept = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const outcome = connections.add(socket, parseClientAddress(socket.remoteAddress ?? '') ?? NO_ADDRESS);
    if (outcome === 'accepted') for (const listener of accept) Reflect.apply(listener, server, [socket]);
    else if (outcome === 'dropped') socket.destroy();
    else writeRawResponse(socket, { error: tooManyConnections(limits), request: undefined, ids });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) =>
    response.once('close', connections.beginRequest(socket)),
  );
  server.on('upgrade', ({ socket }: IncomingMessage) => void connections.beginRequest(socket)); // never idle again
}

/** Sends 100 Continue only when the body is read: a client does not send what is rejected before. */
function answerExpectations(server: Server, ids: Pick<Ids, 'request'>): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const { shouldKeepAlive } = response;
    response.shouldKeepAlive = false; // the client may send the body without 100, in front of its next request
    request.once('resume', () => {
      if (response.headersSent) return;
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    });
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    discardUnreadBody(request, response);
    writeProblem(response, expectationFailed(), ids);
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const overdue = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  // A kept-alive connection becomes idle after its last response, and would stay open.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await closed;
  clearTimeout(overdue);
  clearInterval(idle);
}

/** Responds with a problem to what the parser rejects, and closes the connection. */
function rejectConnection(
  parserError: ParserError,
  socket: Socket,
  { ids, pending }: { readonly ids: Pick<Ids, 'request'>; readonly pending: PendingResponses },
): void {
  if (isLingering(socket)) return;
  if (parserError.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  if (pending.isAhead(socket)) return void socket.destroySoon();
  pending.afterWhole(socket, () => {
    if (!socket.writable) return;
    const error = toParserError(parserError);
    const headers = error.code === 'METHOD_NOT_ALLOWED' ? [ALLOW] : undefined;
    writeRawResponse(socket, { error, request: pending.arriving(socket), ids, headers });
  });
}

function toParserError(error: ParserError): DomainError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge(HEADER_BYTES_MAX);
    case 'HPE_INVALID_METHOD':
      return hasRequestLine(error) ? methodNotAllowed(METHODS, 'This server') : malformed();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimeout('The request took too long to arrive. Please send it again.');
    default:
      return malformed();
  }
}

/** Handles requests that the parser accepts but that have no valid URL, such as one without a host. */
function toErrorResponse(thrown: unknown, ids: Pick<Ids, 'request'>): Response {
  const error = thrown instanceof RequestError ? malformed() : unexpectedError(thrown);
  return problemWithoutContext(error, ids.request(), undefined, { Connection: 'close' });
}

function tooManyConnections({ perAddressMax, perAddressPerSecond }: ConnectionLimits): DomainError {
  const message = `Your network address has ${perAddressMax} connections in use, or opens more than ${perAddressPerSecond} a second. Please retry after 10 seconds, and use connections again.`;
  return rateLimited(message, 10);
}

function malformed(): DomainError {
  return badRequest('This is not a well-formed HTTP/1.1 request.');
}
