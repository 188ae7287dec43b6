import type { Problem } from '../api.generated.ts';
import { type ApiError, ConnectionError, createApiError, type ErrorCode, type LendingError } from '../errors.ts';
import { isRetryableStatus, retryAfterMs } from './retry.ts';
import type { RawResponse } from './send-request.ts';

/** The body of a response and its metadata. */
export interface ApiResponse<T> {
  readonly data: T;
  /** HTTP status. */
  readonly status: number;
  readonly headers: Headers;
  /** Also in the server's log: quote it when you report a problem. */
  readonly requestId: string;
  /** Whether the server replayed its first response to the same idempotency key. */
  readonly isReplay: boolean;
  /** Path of the resource that was created. */
  readonly location: string | undefined;
  /** Number of requests that were sent. */
  readonly attempts: number;
}

interface ResponseContext {
  readonly requestId: string;
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** For gateways in front of the server, whose bodies are not problems of the API. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  502: 'SERVICE_UNAVAILABLE',
  503: 'SERVICE_UNAVAILABLE',
  504: 'SERVICE_UNAVAILABLE',
};

const KNOWN_CODES: ReadonlySet<unknown> = new Set<ErrorCode>([
  ...(['CONFLICT', 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED', 'INTERNAL_ERROR', 'METHOD_NOT_ALLOWED', 'NOT_FOUND'] as const),
  ...(['PAYLOAD_TOO_LARGE', 'SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS', 'UNAUTHORIZED', 'UPGRADE_REQUIRED'] as const),
  ...(['EXPECTATION_FAILED', 'HEADERS_TOO_LARGE', 'REQUEST_TIMEOUT', 'UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_ERROR'] as const),
]);

/** @param parse reads a successful response's text, and throws if it is something else */
export function parseResponse<T>(
  response: RawResponse,
  parse: (text: string) => T,
  context: ResponseContext,
): ApiResponse<T> | LendingError {
  const { status, headers, text } = response;
  const { attempts } = context;
  const requestId = headers.get('X-Request-Id') ?? context.requestId;
  if (status < 200 || status > 299) return toApiError(response, { ...context, requestId });
  try {
    return {
      data: parse(text),
      status,
      headers,
      requestId,
      isReplay: headers.get('Idempotency-Replayed') === 'true',
      location: headers.get('Location') ?? undefined,
      attempts,
    };
  } catch (cause) {
    const message = 'The response is cut off, or is not from the API.';
    return new ConnectionError(message, { requestId, attempts, status, headers, retryable: true, cause });
  }
}

export function toApiError({ status, headers, text }: RawResponse, { requestId, attempts, now }: ResponseContext): ApiError {
  const body = parseJson(text);
  const problem = isProblem(body) ? body : undefined;
  const waitMs = retryAfterMs(headers, now);
  return createApiError(problem?.message ?? `Unexpected response with status ${status}.`, {
    requestId,
    attempts,
    status,
    headers,
    body,
    code: problem?.error ?? CODE_BY_STATUS[status] ?? 'UNEXPECTED_RESPONSE',
    details: problem?.details ?? [],
    // Browsers may hide the header; the body has the same number.
    retryAfter: waitMs === undefined ? problem?.retry_after : waitMs / 1000,
    retryable: isRetryableStatus(status) && problem?.retryable !== false,
  });
}

/** False for other servers' JSON, and for codes that this version does not know: callers could not switch on them. */
function isProblem(body: unknown): body is Problem {
  return (
    body instanceof Object &&
    'message' in body &&
    'error' in body &&
    'details' in body &&
    KNOWN_CODES.has(body.error) &&
    Array.isArray(body.details)
  );
}

/** @returns the text itself if it is not JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
