import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DomainError } from '../../domain/errors.ts';
import { type Ids, parseRequestId, type RequestId } from '../../domain/ids.ts';
import { closeLingering } from './connections/lingering-close.ts';
import { problemBody, statusOf } from './problem.ts';

export interface RawResponse {
  readonly error: DomainError;
  readonly requestId: RequestId;
  readonly headers?: readonly string[];
}

/** The id that the client sent, or a new one. */
export function requestIdOf({ headers }: IncomingMessage, ids: Pick<Ids, 'request'>): RequestId {
  return parseRequestId(String(headers['x-request-id'] ?? '')) ?? ids.request();
}

/** Writes a problem as the response to a request that the app does not get, and closes the connection. */
export function writeProblem(response: ServerResponse, { error, requestId }: Omit<RawResponse, 'headers'>): void {
  const body = JSON.stringify(problemBody(error, requestId));
  response.writeHead(statusOf(error.code), {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    Connection: 'close',
  });
  response.end(body);
}

/** Writes a problem to a connection that HTTP does not handle, or no longer handles, and closes it. */
export function writeRawResponse(socket: Duplex, { error, requestId, headers = [] }: RawResponse): void {
  const status = statusOf(error.code);
  const body = JSON.stringify(problemBody(error, requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...(error.retryAfter === undefined ? [] : [`Retry-After: ${error.retryAfter}`]),
    ...headers,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  closeLingering(socket);
}
