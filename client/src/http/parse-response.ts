import type { Problem } from '../api.generated.ts';
import { ApiError, ConnectionError, type ErrorCode, type LendingError } from '../errors.ts';
import { isPassing, retryAfterMs } from './retry.ts';
import type { Answer } from './send-request.ts';

/** A call's answer, with what stands around its body. */
export interface ApiResponse<T> {
  readonly data: T;
  readonly status: number;
  /** Name it when you ask for help: it stands in the server's log. */
  readonly requestId: string;
  /** Whether this is an earlier answer to the same idempotency key. */
  readonly isReplay: boolean;
  /** Path of what was made. */
  readonly location: string | undefined;
  /** How often it was sent. */
  readonly attempts: number;
}

interface ResponseContext {
  readonly requestId: string;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What gateways in front of the server answer by themselves, in words of their own. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'TOO_MANY_REQUESTS',
  502: 'SERVICE_UNAVAILABLE',
  503: 'SERVICE_UNAVAILABLE',
  504: 'SERVICE_UNAVAILABLE',
};

const KNOWN: ReadonlySet<unknown> = new Set<ErrorCode>([
  ...(['CONFLICT', 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED', 'INTERNAL_ERROR', 'METHOD_NOT_ALLOWED', 'NOT_FOUND'] as const),
  ...(['PAYLOAD_TOO_LARGE', 'SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS', 'UNAUTHORIZED'] as const),
  ...(['UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_ERROR'] as const),
]);

/** What an answer means: the data that was asked for, or why there are none. */
export function parseResponse<T>(
  answer: Answer,
  read: (text: string) => T,
  circumstances: ResponseContext,
): ApiResponse<T> | LendingError {
  const { status, headers, text } = answer;
  const { attempts } = circumstances;
  const requestId = headers.get('X-Request-Id') ?? circumstances.requestId;
  if (status < 200 || status > 299) return refusal(answer, { ...circumstances, requestId });
  try {
    return {
      data: read(text),
      status,
      requestId,
      isReplay: headers.get('Idempotency-Replayed') === 'true',
      location: headers.get('Location') ?? undefined,
      attempts,
    };
  } catch (cause) {
    const message = 'The answer is not what was asked for: it was cut off, or something other than the server answered.';
    return new ConnectionError(message, { requestId, attempts, retryable: true, cause });
  }
}

function refusal({ status, headers, text }: Answer, { requestId, attempts, now }: ResponseContext): ApiError {
  const body = parsed(text);
  const problem = isProblem(body) ? body : undefined;
  const waitMs = retryAfterMs(headers, now);
  return new ApiError(problem?.message ?? `The answer is ${status}, without a reason that the server would give.`, {
    requestId,
    attempts,
    status,
    body,
    code: problem?.error ?? BY_STATUS[status] ?? 'UNEXPECTED_ANSWER',
    details: problem?.details ?? [],
    // Where a browser hides the header, the body has the same.
    retryAfter: waitMs === undefined ? problem?.retry_after : waitMs / 1000,
    retryable: isPassing(status) && problem?.retryable !== false,
  });
}

/** Another server's JSON, or one with codes of a later day, is no problem that callers could switch on. */
function isProblem(body: unknown): body is Problem {
  return (
    body instanceof Object &&
    'message' in body &&
    'error' in body &&
    'details' in body &&
    KNOWN.has(body.error) &&
    Array.isArray(body.details)
  );
}

/** JSON, or else the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
