import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import { DomainError, invalid, unexpectedError } from '../../domain/errors.ts';
import type { Ids } from '../../domain/ids.ts';
import type { Peer } from './hono-env.ts';
import { problemWithoutContext, statusOf } from './problem.ts';
import { writeRawResponse } from './raw-response.ts';
import { isForWebSocket, takeUpgrades, type Upgrades } from './websocket-upgrade.ts';

/** A client gets so long to send its headers, and its whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 65_000;
const HEADER_BYTES_MAX = 16_384;
const CONNECTIONS_MAX = 10_000;
/** How long requests under way may take to end when the program is stopped: less than service managers wait before they kill. */
const DRAIN_MS = 8000;
const DRAIN_LOOK_MS = 50;
const TIMED_OUT = 'ERR_HTTP_REQUEST_TIMEOUT';

export interface HttpServer {
  readonly url: string;
  /** Takes no more requests, and waits for those under way. */
  close(): Promise<void>;
}

interface ListenOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly ids: Pick<Ids, 'request'>;
  /** What takes connections over from HTTP; nothing does if left out. */
  readonly upgrades?: Upgrades;
  readonly requestTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
}

export async function listen(
  fetch: (request: Request, peer: Peer) => Promise<Response>,
  options: ListenOptions,
): Promise<HttpServer> {
  const { host, port, ids, requestTimeoutMs = REQUEST_TIMEOUT_MS, headersTimeoutMs = HEADERS_TIMEOUT_MS } = options;
  const { upgrades = {} } = options;
  const limits = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    requireHostHeader: false, // such a request is refused below, in the one form of all errors
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
    shouldUpgradeCallback: isForWebSocket,
  };
  const listener = getRequestListener((request, { incoming }) => fetch(request, { address: incoming.socket.remoteAddress ?? '' }), {
    overrideGlobalObjects: false,
    errorHandler: (fault) => answerFault(fault, ids),
  });
  const server = createServer(limits, (request: IncomingMessage, response: ServerResponse) => void listener(request, response));
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, ids));
  takeUpgrades(server, upgrades, ids);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server, host), close: () => drain(server) };
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const overdue = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  // A connection that is kept alive falls idle with its last answer, and would stay open.
  const idle = setInterval(() => server.closeIdleConnections(), DRAIN_LOOK_MS);
  await closed;
  clearTimeout(overdue);
  clearInterval(idle);
}

/** What never became a request is answered all the same, in the one form of all errors. */
function refuse({ code }: NodeJS.ErrnoException, socket: Socket, ids: Pick<Ids, 'request'>): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const requestId = ids.request();
  const { error, status, reason } = refusalOf(code);
  writeRawResponse(socket, { error, requestId, reason, status, retryable: code === TIMED_OUT });
}

function refusalOf(code: string | undefined): { error: DomainError; status: number; reason: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const message = `The headers are larger than ${HEADER_BYTES_MAX} bytes.`;
      return {
        error: new DomainError('PAYLOAD_TOO_LARGE', 'ValidationError', message),
        status: 431,
        reason: 'Request Header Fields Too Large',
      };
    }
    case TIMED_OUT: {
      const message = 'The request took too long to arrive. Please send it again.';
      return { error: invalid([{ path: '', code: 'INVALID', message }]), status: 408, reason: 'Request Timeout' };
    }
    default: {
      const error = malformed();
      return { error, status: statusOf(error.code), reason: 'Bad Request' };
    }
  }
}

/** A request that the parser took and that names no place all the same, such as one without a host. */
function answerFault(fault: unknown, ids: Pick<Ids, 'request'>): Response {
  const requestId = ids.request();
  const error = fault instanceof RequestError ? malformed() : unexpectedError(fault);
  return problemWithoutContext(error, requestId, { Connection: 'close' });
}

function malformed(): DomainError {
  return invalid([{ path: '', code: 'INVALID', message: 'This is not a well-formed HTTP/1.1 request.' }]);
}
