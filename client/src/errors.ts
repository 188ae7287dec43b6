import type { Problem } from './api.generated.ts';

/** The API's error codes, and `UNEXPECTED_RESPONSE` for a response that is not from the API, such as a proxy's page. */
export type ErrorCode = Problem['error'] | 'UNEXPECTED_RESPONSE';

/** Codes of calls to which the API did not respond. */
export type CallErrorCode = 'CIRCUIT_OPEN' | 'CONNECTION_FAILED' | 'DEADLINE_EXCEEDED';

interface ErrorContext {
  readonly requestId: string;
  readonly attempts: number;
  readonly retryable: boolean;
  readonly retryAfter?: number | undefined;
  readonly status?: number | undefined;
  readonly headers?: Headers | undefined;
  readonly cause?: unknown;
}

/**
 * Base class of every error that a call rejects with. The exceptions are a call ended by its own signal, which rejects
 * with the signal's reason, and invalid arguments, for which it is a TypeError or RangeError.
 */
export abstract class LendingError extends Error {
  /** Identifies the kind of error, for a `switch`. */
  abstract readonly code: CallErrorCode | ErrorCode;
  /** HTTP status. Undefined if no response arrived. */
  readonly status: number | undefined;
  /** Of the response. Undefined if none arrived. Not enumerable, so that logs of the error don't contain cookies. */
  declare readonly headers: Headers | undefined;
  /** Also in the server's log: quote it when you report a problem. */
  readonly requestId: string;
  /** Number of attempts that were made, from 0. */
  readonly attempts: number;
  /** Whether the same call, with the same idempotency key, may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before that, where known. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { requestId, attempts, retryable, retryAfter, status, headers, cause }: ErrorContext) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    Object.defineProperty(this, 'headers', { value: headers });
    this.requestId = requestId;
    this.attempts = attempts;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  /** Such as `ConflictError [409 CONFLICT]: The loan is closed. (request 01JD…)`. */
  override toString(): string {
    const kind = this.status === undefined ? this.code : `${this.status} ${this.code}`;
    return `${this.name} [${kind}]: ${this.message}${this.requestId && ` (request ${this.requestId})`}`;
  }
}

type ApiErrorContext = ErrorContext & {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: Problem['details'];
  readonly body: unknown;
};

/**
 * The server rejected the request, or failed. The common codes have a class each.
 * @example
 * await lending.closeLoan(loanId).catch((error: unknown) => {
 *   if (error instanceof ApiError && error.code === 'CONFLICT') console.log('nobody has accepted yet');
 *   else throw error;
 * });
 */
export class ApiError extends LendingError {
  readonly code: ErrorCode;
  declare readonly status: number;
  declare readonly headers: Headers;
  /** One entry for each invalid field, in request order. */
  readonly details: Problem['details'];
  /** The parsed problem (RFC 9457), or the text if it was not JSON. */
  readonly body: unknown;

  constructor(message: string, { headers = new Headers(), ...context }: ApiErrorContext) {
    super(message, { ...context, headers });
    this.code = context.code;
    this.details = context.details;
    this.body = context.body;
  }

  override get name(): string {
    return 'ApiError';
  }
}

/** Fields of the request are invalid; see `details`. */
export class ValidationError extends ApiError {
  declare readonly code: 'VALIDATION_ERROR';
  override get name(): string {
    return 'ValidationError';
  }
}

/** The token is missing, invalid or has expired. */
export class UnauthorizedError extends ApiError {
  declare readonly code: 'UNAUTHORIZED';
  override get name(): string {
    return 'UnauthorizedError';
  }
}

/** The caller may not do this. */
export class ForbiddenError extends ApiError {
  declare readonly code: 'FORBIDDEN';
  override get name(): string {
    return 'ForbiddenError';
  }
}

/** There is no such loan, lender or import, or none that the caller may see. */
export class NotFoundError extends ApiError {
  declare readonly code: 'NOT_FOUND';
  override get name(): string {
    return 'NotFoundError';
  }
}

/** The loan or the invitation is in another state than the call needs. */
export class ConflictError extends ApiError {
  declare readonly code: 'CONFLICT';
  override get name(): string {
    return 'ConflictError';
  }
}

/** Another request has used the idempotency key. */
export class IdempotencyKeyReusedError extends ApiError {
  declare readonly code: 'IDEMPOTENCY_KEY_REUSED';
  override get name(): string {
    return 'IdempotencyKeyReusedError';
  }
}

/** Too many requests or invitations; see `retryAfter`. */
export class RateLimitError extends ApiError {
  declare readonly code: 'TOO_MANY_REQUESTS';
  override get name(): string {
    return 'RateLimitError';
  }
}

/** The server can't process the request at the moment; see `retryAfter`. */
export class ServiceUnavailableError extends ApiError {
  declare readonly code: 'SERVICE_UNAVAILABLE';
  override get name(): string {
    return 'ServiceUnavailableError';
  }
}

/** No complete response arrived; see `cause`. The change may have been made: repeat the call with the same key. */
export class ConnectionError extends LendingError {
  readonly code = 'CONNECTION_FAILED';
  override get name(): string {
    return 'ConnectionError';
  }
}

/** The call's deadline passed; `cause` is the error of the last attempt, if one had failed. */
export class DeadlineError extends LendingError {
  readonly code = 'DEADLINE_EXCEEDED';
  override get name(): string {
    return 'DeadlineError';
  }
}

/** The circuit breaker is open after repeated failures: this attempt was not sent. */
export class CircuitOpenError extends LendingError {
  readonly code = 'CIRCUIT_OPEN';
  override get name(): string {
    return 'CircuitOpenError';
  }
}

const CLASS_BY_CODE: Partial<Record<ErrorCode, typeof ApiError>> = {
  VALIDATION_ERROR: ValidationError,
  UNAUTHORIZED: UnauthorizedError,
  FORBIDDEN: ForbiddenError,
  NOT_FOUND: NotFoundError,
  CONFLICT: ConflictError,
  IDEMPOTENCY_KEY_REUSED: IdempotencyKeyReusedError,
  TOO_MANY_REQUESTS: RateLimitError,
  SERVICE_UNAVAILABLE: ServiceUnavailableError,
};

/** @returns an error of the class of its code */
export function createApiError(message: string, context: ApiErrorContext): ApiError {
  return new (CLASS_BY_CODE[context.code] ?? ApiError)(message, context);
}
