import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { problemBody, statusOf } from './problem.ts';

/** Time for the client to read the response before its connection is destroyed. */
const LINGER_MS = 1000;

export interface RawResponse {
  readonly error: DomainError;
  readonly requestId: RequestId;
  readonly headers?: readonly string[];
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
  socket.on('error', () => socket.destroy()); // the client hung up
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
