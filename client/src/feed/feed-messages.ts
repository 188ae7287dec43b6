import type { Event, Problem } from '../api.generated.ts';
import { type ApiError, createApiError } from '../errors.ts';

/** What arrives on a connection to the feed. */
export type FeedMessage =
  | { readonly type: 'subscribed'; readonly cursor: string }
  | { readonly type: 'event'; readonly cursor: string; readonly event: Event }
  /** The cursor has passed events that the reader may not see. */
  | { readonly type: 'position'; readonly cursor: string }
  | { readonly type: 'error'; readonly error: ApiError }
  /** The server has sent all there is for now. */
  | { readonly type: 'ended'; readonly retryInMs: number }
  /** The server has sent what happened before, as it can't begin with new events. */
  | { readonly type: 'history' }
  | FeedClosed;

export interface FeedClosed {
  readonly type: 'closed';
  /** WebSocket close code (RFC 6455). */
  readonly code: number;
  readonly reason: string;
}

export interface FeedConnection {
  /** The next message. The last one is `ended`, `history`, `error` or `closed`. */
  next(): Promise<FeedMessage>;
  close(): void;
}

export const CLOSE_CODE = { lost: 1006, tooLarge: 1009, serverError: 1011, tokenExpired: 4401 } as const;

/** @returns the error of a problem that arrived on an open connection */
export function problemError(problem: Problem): ApiError {
  const { error: code, message, status, details, request_id: requestId, retryable, retry_after: retryAfter } = problem;
  return createApiError(message, { code, status, details, requestId, retryable, retryAfter, attempts: 1, body: problem });
}

/** @returns an object without members for text that is not JSON */
export function parseMembers(text: string): Readonly<Record<string, unknown>> & { event?: Event; problem?: Problem } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
