import type { ApiError, LendingError } from './errors.ts';

/** Passed to every hook. Contains no token, idempotency key or e-mail address, so it can be logged as it is. */
export interface AttemptInfo {
  /** The client's method, such as `addLenders`. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  readonly path: string;
  /** The same for all attempts of a call. */
  readonly requestId: string;
  /** From 1. */
  readonly attempt: number;
}

/** Callbacks for logs and traces. They are not awaited, and an error in one does not affect the call. */
export interface Hooks {
  /** Before each attempt. Headers set here, such as `traceparent`, are sent too; they can't replace the client's own. */
  readonly onRequest?: (info: AttemptInfo & { readonly headers: Headers }) => unknown;
  /** A complete response arrived, whatever its status. */
  readonly onResponse?: (info: AttemptInfo & { readonly status: number; readonly durationMs: number }) => unknown;
  /** No complete response arrived. */
  readonly onFailure?: (info: AttemptInfo & { readonly error: unknown; readonly durationMs: number }) => unknown;
  /** Before the delay of a retry. */
  readonly onRetry?: (info: AttemptInfo & { readonly error: LendingError; readonly delayMs: number }) => unknown;
  /** The server does not accept the browser's session (401): it has ended, and the user has to sign in again. */
  readonly onSignedOut?: (info: AttemptInfo & { readonly error: ApiError }) => unknown;
}

export function callHook<Info>(hook: ((info: Info) => unknown) | undefined, info: Info): void {
  try {
    Promise.resolve(hook?.(info)).catch(() => {});
  } catch {
    // An error of the hook must not fail the call.
  }
}
