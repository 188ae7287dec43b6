import type { Duplex } from 'node:stream';
import type { DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { problemBody, statusOf } from './problem.ts';

/** How long a client has to read why it was cut off, before its connection is. */
const LINGER_MS = 1000;

export interface RawAnswer {
  readonly error: DomainError;
  readonly requestId: RequestId;
  readonly reason: string;
  /** The error's own if left out. */
  readonly status?: number;
  readonly retryable?: boolean;
  readonly headers?: readonly string[];
}

/** Answers on a connection that is no longer, or never was, in the hands of HTTP, in the one form of all errors; and ends it. */
export function writeRawResponse(socket: Duplex, { error, requestId, reason, headers = [], ...told }: RawAnswer): void {
  const { status = statusOf(error.code), retryable = error.retryable } = told;
  const body = JSON.stringify({ ...problemBody(error, requestId), status, retryable });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    ...headers,
    'Connection: close',
  ];
  socket.on('error', () => socket.destroy()); // whoever hung up needs no answer
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
