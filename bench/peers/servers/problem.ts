/** One invalid field. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

const TITLES: Readonly<Record<number, readonly [error: string, title: string]>> = {
  400: ['VALIDATION_ERROR', 'Validation error'],
  401: ['UNAUTHORIZED', 'Unauthorized'],
  403: ['FORBIDDEN', 'Forbidden'],
  404: ['NOT_FOUND', 'Not found'],
  409: ['CONFLICT', 'Conflict'],
  413: ['PAYLOAD_TOO_LARGE', 'Payload too large'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Unsupported media type'],
  422: ['IDEMPOTENCY_KEY_REUSED', 'Idempotency key reused'],
  429: ['TOO_MANY_REQUESTS', 'Too many requests'],
};
const UNEXPECTED = ['INTERNAL_ERROR', 'Internal error'] as const;

/** An expected error. */
export class Problem extends Error {
  readonly status: number;
  readonly details: readonly FieldError[];
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, details: readonly FieldError[] = [], retryAfter?: number) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.details = details;
    this.retryAfter = retryAfter;
  }

  get isOverFunding(): boolean {
    return this.details.some(({ code }) => code === 'OVER_FUNDING');
  }
}

/** @throws Problem if there are errors */
export function throwIfInvalid(errors: readonly FieldError[]): void {
  const [first] = errors;
  if (first) throw new Problem(400, first.message, errors);
}

/** RFC 9457. */
export function problemBody({ status, message, details, retryAfter }: Problem, requestId: string): string {
  const [error, title] = TITLES[status] ?? UNEXPECTED;
  return JSON.stringify({
    type: `urn:private-lending:error:${error.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: message,
    success: false,
    error,
    message,
    request_id: requestId,
    retryable: status === 429 || status >= 500,
    ...(retryAfter !== undefined && { retry_after: retryAfter }),
    details,
  });
}
