import type { Problem } from './api.generated.ts';

/** The API's error codes, and `UNEXPECTED_RESPONSE` for a response that is not from the API, such as a proxy's page. */
export type ErrorCode = Problem['error'] | 'UNEXPECTED_RESPONSE';

interface ErrorContext {
  readonly requestId: string;
  readonly attempts: number;
  readonly retryable: boolean;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Base class of every error that a call rejects with. The exception is a call ended by its own signal, which rejects
 * with the signal's reason.
 */
export class LendingError extends Error {
  override readonly name: string = 'LendingError';
  /** Also in the server's log: quote it when you report a problem. */
  readonly requestId: string;
  /** Number of attempts that were made, from 0. */
  readonly attempts: number;
  /** Whether the same call, with the same idempotency key, may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before that, where known. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { requestId, attempts, retryable, retryAfter, cause }: ErrorContext) {
    super(message, cause === undefined ? undefined : { cause });
    this.requestId = requestId;
    this.attempts = attempts;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }
}

/**
 * The server rejected the request, or failed.
 * @example
 * await lending.closeLoan(loanId).catch((error: unknown) => {
 *   if (error instanceof ApiError && error.code === 'CONFLICT') console.log('nobody has accepted yet');
 *   else throw error;
 * });
 */
export class ApiError extends LendingError {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** One entry for each invalid field, in request order. */
  readonly details: Problem['details'];
  /** The parsed problem (RFC 9457), or the text if it was not JSON. */
  readonly body: unknown;

  constructor(message: string, context: ErrorContext & Pick<ApiError, 'body' | 'code' | 'details' | 'status'>) {
    super(message, context);
    this.code = context.code;
    this.status = context.status;
    this.details = context.details;
    this.body = context.body;
  }
}

/** No complete response arrived; see `cause`. The change may have been made: repeat the call with the same key. */
export class ConnectionError extends LendingError {
  override readonly name = 'ConnectionError';
}

/** The call's deadline passed; `cause` is the error of the last attempt, if one had failed. */
export class DeadlineError extends LendingError {
  override readonly name = 'DeadlineError';
}

/** The circuit breaker is open after repeated failures: this attempt was not sent. */
export class CircuitOpenError extends LendingError {
  override readonly name = 'CircuitOpenError';
}
