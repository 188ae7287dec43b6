import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DomainError } from '../../domain/errors.ts';
import { type Ids, requestIdOf } from '../../domain/ids.ts';
import { closeLingering } from './connections/lingering-close.ts';
import { problemBody, problemMediaType, statusOf } from './problem.ts';

export interface RawResponse {
  readonly error: DomainError;
  /** Names the request id and the media type. Undefined where its headers have not arrived, or are malformed. */
  readonly request: Pick<IncomingMessage, 'headers'> | undefined;
  readonly ids: Pick<Ids, 'request'>;
  readonly headers?: readonly string[] | undefined;
}

/** Writes a problem as the response to a request that the app does not get, and closes the connection. */
export function writeProblem(response: ServerResponse, error: DomainError, ids: Pick<Ids, 'request'>): void {
  const requestId = requestIdOf(response.req.headers['x-request-id'], ids);
  const body = JSON.stringify(problemBody(error, requestId));
  response.writeHead(statusOf(error.code), {
    'Content-Type': problemMediaType(response.req.headers.accept),
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    Connection: 'close',
  });
  response.end(body);
}

/** Writes a problem to a connection that HTTP does not handle, or no longer handles, and closes it. */
export function writeRawResponse(socket: Duplex, { error, request, ids, headers = [] }: RawResponse): void {
  const status = statusOf(error.code);
  const requestId = requestIdOf(request?.headers['x-request-id'], ids);
  const body = JSON.stringify(problemBody(error, requestId));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${problemMediaType(request?.headers.accept)}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...(error.retryAfter === undefined ? [] : [`Retry-After: ${error.retryAfter}`]),
    ...headers,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  closeLingering(socket);
}
