import type { Duplex } from 'node:stream';
import type { DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { problemBody, statusOf } from './problem.ts';

/** Time for the client to read the response before its connection is destroyed. */
const LINGER_MS = 1000;

export interface RawResponse {
  readonly error: DomainError;
  readonly requestId: RequestId;
  readonly reason: string;
  /** Defaults to the error's own. */
  readonly status?: number;
  readonly retryable?: boolean;
  readonly headers?: readonly string[];
}

/** Writes a problem to a connection that HTTP does not handle, or no longer handles, and closes it. */
export function writeRawResponse(socket: Duplex, response: RawResponse): void {
  const { error, requestId, reason, headers = [], status = statusOf(error.code), retryable = error.retryable } = response;
  const body = JSON.stringify({ ...problemBody(error, requestId), status, retryable });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...headers,
    'Connection: close',
  ];
  socket.on('error', () => socket.destroy()); // the client hung up
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
