import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { DomainError, ErrorCode } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { acceptedRanges } from './accept.ts';
import type { Env } from './hono-env.ts';

/** Status and title of each error code. */
const STATUS: Readonly<Record<ErrorCode, { readonly status: ContentfulStatusCode; readonly title: string }>> = {
  VALIDATION_ERROR: { status: 400, title: 'Validation error' },
  UNAUTHORIZED: { status: 401, title: 'Unauthorized' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request timeout' },
  CONFLICT: { status: 409, title: 'Conflict' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Payload too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  EXPECTATION_FAILED: { status: 417, title: 'Expectation failed' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency key reused' },
  UPGRADE_REQUIRED: { status: 426, title: 'Upgrade required' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests' },
  HEADERS_TOO_LARGE: { status: 431, title: 'Headers too large' },
  INTERNAL_ERROR: { status: 500, title: 'Internal error' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Service unavailable' },
};

export const errorCodes: readonly ErrorCode[] = Object.keys(STATUS).filter((code): code is ErrorCode => code in STATUS);

export function statusOf(code: ErrorCode): ContentfulStatusCode {
  return STATUS[code].status;
}

/** The body of all errors (RFC 9457), with the members of the earlier system in addition to the standard's. */
export function problemBody(error: DomainError, requestId: RequestId) {
  const { status, title } = STATUS[error.code];
  return {
    type: `urn:private-lending:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: error.message,
    success: false,
    error: error.code,
    message: error.message,
    request_id: requestId,
    retryable: error.retryable,
    ...(error.retryAfter !== undefined && { retry_after: error.retryAfter }),
    details: error.details,
  };
}

/** The response where there is no Hono context: to malformed requests, and from a program that can't start. */
export function problemWithoutContext(
  error: DomainError,
  requestId: RequestId,
  accept: string | null | undefined,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = new Headers({ 'Content-Type': problemMediaType(accept), 'X-Request-Id': requestId, ...more });
  if (error.retryAfter !== undefined) headers.set('Retry-After', String(error.retryAfter));
  return new Response(JSON.stringify(problemBody(error, requestId)), { status: statusOf(error.code), headers });
}

export function problemResponse(context: Context<Env>, error: DomainError): Response {
  const type = problemMediaType(context.req.header('Accept'));
  setProblemHeaders(context, error);
  return context.body(JSON.stringify(problemBody(error, context.var.requestId)), statusOf(error.code), { 'Content-Type': type });
}

/** The rest of the request is not read. */
const CLOSING: ReadonlySet<ErrorCode> = new Set(['PAYLOAD_TOO_LARGE', 'REQUEST_TIMEOUT']);

/** Headers that depend on the error. */
export function setProblemHeaders(context: Context, { code, retryAfter }: DomainError): void {
  if (code === 'UNAUTHORIZED') context.header('WWW-Authenticate', 'Bearer');
  if (CLOSING.has(code)) context.header('Connection', 'close');
  if (retryAfter !== undefined) context.header('Retry-After', String(retryAfter));
}

/** `application/json` for a client that accepts only that. @param accept the request's header, where it is known */
export function problemMediaType(accept: string | null | undefined): 'application/json' | 'application/problem+json' {
  const types = acceptedRanges(accept);
  const takesProblem = ['application/problem+json', 'application/*', '*/*'].some((type) => types.has(type));
  return types.has('application/json') && !takesProblem ? 'application/json' : 'application/problem+json';
}
