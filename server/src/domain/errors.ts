/** What callers can rely on to tell refusals apart; `doors/http/problem.ts` gives each its HTTP status. */
export type ErrorCode =
  | 'CONFLICT'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INTERNAL_ERROR'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'PAYLOAD_TOO_LARGE'
  | 'SERVICE_UNAVAILABLE'
  | 'TOO_MANY_REQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'VALIDATION_ERROR';

/** How operators count refusals: finer than the code where two causes share one. */
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

export type FieldErrorCode =
  | 'DUPLICATE_IN_REQUEST'
  | 'DUPLICATE_LENDER'
  | 'INVALID'
  | 'OVER_FUNDING'
  | 'SELF_INVITATION'
  | 'TOO_MANY_LENDERS';

/** One thing that is wrong with a request: where (`lenders[1].email`), which rule, and how to mend it. */
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

/** A refusal that the caller can do something about. Anything else that is thrown is a fault of ours. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly metricType: ErrorMetricType;
  readonly details: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, type: ErrorMetricType, message: string, circumstances: DomainErrorOptions = {}) {
    super(message, { cause: circumstances.cause });
    this.name = 'DomainError';
    this.code = code;
    this.metricType = type;
    this.details = circumstances.details ?? [];
    this.retryAfter = circumstances.retryAfter;
  }

  /** Whether the same request, sent again later, may succeed. */
  get retryable(): boolean {
    return ['INTERNAL_ERROR', 'SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS'].includes(this.code);
  }
}

/** Every problem of one stage together; the first one's message speaks for all. */
export function invalid(problems: readonly [FieldError, ...FieldError[]]): DomainError {
  return new DomainError('VALIDATION_ERROR', 'ValidationError', problems[0].message, { details: problems });
}

/** Throws when there is anything in `problems`. */
export function throwIfInvalid(problems: readonly FieldError[]): void {
  const [first, ...rest] = problems;
  if (first) throw invalid([first, ...rest]);
}

/** Whether a loan has no room for what was asked. */
export function isOverFunding(refusal: unknown): boolean {
  return refusal instanceof DomainError && refusal.details.some(({ code }) => code === 'OVER_FUNDING');
}

export function pathNotFound(): DomainError {
  return new DomainError('NOT_FOUND', 'NotFound', 'There is nothing at this path. What there is, /docs tells.');
}

export function notFound(what: 'import' | 'invitation' | 'lender' | 'loan'): DomainError {
  return new DomainError('NOT_FOUND', 'NotFound', `There is no such ${what}, or you have no part in it.`);
}

export function methodNotAllowed(allowed: readonly string[]): DomainError {
  return new DomainError('METHOD_NOT_ALLOWED', 'ValidationError', `This path takes ${allowed.join(', ')} only.`);
}

export function forbidden(message: string): DomainError {
  return new DomainError('FORBIDDEN', 'Forbidden', message);
}

export function unauthorized(message: string, cause?: unknown): DomainError {
  return new DomainError('UNAUTHORIZED', 'Unauthorized', message, { cause });
}

export function conflict(message: string): DomainError {
  return new DomainError('CONFLICT', 'Conflict', message);
}

export function keyReused(): DomainError {
  return new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'Conflict',
    'This idempotency key was already used for another request. Send a new key with a new request.',
  );
}

export function payloadTooLarge(bytesMax: number, what = 'The body'): DomainError {
  return new DomainError(
    'PAYLOAD_TOO_LARGE',
    'ValidationError',
    `${what} is larger than ${bytesMax} bytes. Please split it into multiple requests.`,
  );
}

export function unsupportedMediaType(message: string): DomainError {
  return new DomainError('UNSUPPORTED_MEDIA_TYPE', 'ValidationError', message);
}

export function rateLimited(message: string, retryAfter: number): DomainError {
  return new DomainError('TOO_MANY_REQUESTS', 'RateLimited', message, { retryAfter });
}

/** Other writers kept winning, or too many wait: the request was not carried out and may be sent again at once. */
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

/** The issuer's keys can't be had, so nobody can be told from anybody: refuse all, and say that it passes. */
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
    'Something went wrong on our side. Please retry; if it persists, tell us the request id.',
    { cause },
  );
}
