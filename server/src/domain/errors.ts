/** Error codes of the API. `api/http/problem.ts` maps each to its HTTP status. */
export type ErrorCode =
  | 'CONFLICT'
  | 'EXPECTATION_FAILED'
  | 'FORBIDDEN'
  | 'HEADERS_TOO_LARGE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INTERNAL_ERROR'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'PAYLOAD_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'SERVICE_UNAVAILABLE'
  | 'TOO_MANY_REQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UPGRADE_REQUIRED'
  | 'VALIDATION_ERROR';

/** The `ErrorType` label of metrics: finer than `ErrorCode` where operators need to distinguish causes. */
export type ErrorMetricType =
  | 'Conflict'
  | 'Contention'
  | 'DatabaseThrottled'
  | 'DatabaseUnavailable'
  | 'Forbidden'
  | 'NotFound'
  | 'RateLimited'
  | 'Unauthorized'
  | 'UnexpectedError'
  | 'ValidationError';

/** @internal exported for tests */
export const FIELD_ERROR_CODES = [
  'DUPLICATE_IN_REQUEST',
  'DUPLICATE_LENDER',
  'INVALID',
  'OVER_FUNDING',
  'SELF_INVITATION',
  'TOO_MANY_LENDERS',
] as const;
export type FieldErrorCode = (typeof FIELD_ERROR_CODES)[number];

/** One invalid field: its path (`lenders[1].email`), the rule it violates, and a message that says how to fix it. */
export interface FieldError {
  readonly path: string;
  readonly code: FieldErrorCode;
  readonly message: string;
}

interface DomainErrorOptions {
  readonly details?: readonly FieldError[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** An expected error, which the caller can do something about. Anything else that is thrown is a bug or an outage. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly metricType: ErrorMetricType;
  readonly details: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, metricType: ErrorMetricType, message: string, options: DomainErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.metricType = metricType;
    this.details = options.details ?? [];
    this.retryAfter = options.retryAfter;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return ['INTERNAL_ERROR', 'REQUEST_TIMEOUT', 'SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS'].includes(this.code);
  }
}

/** All errors of one validation stage. The first one's message becomes the message of the whole. */
export function invalid(errors: readonly [FieldError, ...FieldError[]]): DomainError {
  return new DomainError('VALIDATION_ERROR', 'ValidationError', errors[0].message, { details: errors });
}

/** @throws DomainError where `errors` is not empty */
export function throwIfInvalid(errors: readonly FieldError[]): void {
  const [first, ...rest] = errors;
  if (first) throw invalid([first, ...rest]);
}

/** A plain request for the feed: mostly of a proxy that does not pass the upgrade on. */
export function feedNeedsWebSocket(): DomainError {
  const message = 'The feed is served by WebSocket only. Have proxies pass on the headers Upgrade and Connection.';
  return new DomainError('NOT_FOUND', 'NotFound', message);
}

export function pathNotFound(): DomainError {
  return new DomainError('NOT_FOUND', 'NotFound', 'There is nothing at this path. See /docs for what there is.');
}

/** What an id in a path can name. */
export type Resource = 'hold' | 'import' | 'invitation' | 'lender' | 'loan';

export function notFound(resource: Resource): DomainError {
  return new DomainError('NOT_FOUND', 'NotFound', `There is no such ${resource}, or you have no part in it.`);
}

export function methodNotAllowed(allowed: readonly string[], subject = 'This path'): DomainError {
  return new DomainError('METHOD_NOT_ALLOWED', 'ValidationError', `${subject} takes ${allowed.join(', ')} only.`);
}

export function forbidden(message: string): DomainError {
  return new DomainError('FORBIDDEN', 'Forbidden', message);
}

export function unauthorized(message: string, cause?: unknown): DomainError {
  return new DomainError('UNAUTHORIZED', 'Unauthorized', message, { cause });
}

export function conflict(message: string, details: readonly FieldError[] = []): DomainError {
  return new DomainError('CONFLICT', 'Conflict', message, { details });
}

export function keyReused(): DomainError {
  return new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'Conflict',
    'This idempotency key was already used for another request. Send a new key with a new request.',
  );
}

export function payloadTooLarge(bytesMax: number, subject = 'The body'): DomainError {
  return new DomainError(
    'PAYLOAD_TOO_LARGE',
    'ValidationError',
    `${subject} is larger than ${bytesMax} bytes. Please split it into multiple requests.`,
  );
}

/** The client sends nothing more, or too slowly. */
export function requestTimeout(message: string): DomainError {
  return new DomainError('REQUEST_TIMEOUT', 'ValidationError', message);
}

export function headersTooLarge(bytesMax: number): DomainError {
  return new DomainError('HEADERS_TOO_LARGE', 'ValidationError', `The headers are larger than ${bytesMax} bytes.`);
}

export function expectationFailed(): DomainError {
  return new DomainError('EXPECTATION_FAILED', 'ValidationError', 'The only expectation that is met is "Expect: 100-continue".');
}

export function unsupportedMediaType(message: string): DomainError {
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', 'ValidationError', message);
}

export function webSocketVersionUnsupported(): DomainError {
  return new DomainError('UPGRADE_REQUIRED', 'ValidationError', 'The only WebSocket version that is spoken here is 13 (RFC 6455).');
}

export function rateLimited(message: string, retryAfter: number): DomainError {
  return new DomainError('TOO_MANY_REQUESTS', 'RateLimited', message, { retryAfter });
}

/** Too many version conflicts, or a full queue. Nothing was written, so the request may be retried at once. */
export function contention(cause?: unknown): DomainError {
  return new DomainError('SERVICE_UNAVAILABLE', 'Contention', 'Too many changes at once. Please retry after 1 second.', {
    retryAfter: 1,
    cause,
  });
}

export function databaseThrottled(cause: unknown): DomainError {
  return new DomainError(
    'TOO_MANY_REQUESTS',
    'DatabaseThrottled',
    'Database request rate exceeded. Please retry after 5 seconds.',
    { retryAfter: 5, cause },
  );
}

export function databaseUnavailable(cause: unknown): DomainError {
  return new DomainError(
    'SERVICE_UNAVAILABLE',
    'DatabaseUnavailable',
    'Database temporarily unavailable. Please retry after 10 seconds.',
    { retryAfter: 10, cause },
  );
}

/** The issuer's keys can't be loaded, so no token can be verified until they can. */
export function signInUnavailable(cause: unknown): DomainError {
  return new DomainError(
    'SERVICE_UNAVAILABLE',
    'UnexpectedError',
    'Sign-in temporarily unavailable. Please retry after 10 seconds.',
    { retryAfter: 10, cause },
  );
}

export function unexpectedError(cause: unknown): DomainError {
  return new DomainError(
    'INTERNAL_ERROR',
    'UnexpectedError',
    'Something went wrong on our side. Please retry; if it persists, report the request id.',
    { cause },
  );
}
