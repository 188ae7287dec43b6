import type { LendingError } from './errors.ts';

/** What every hook is told. Nothing in it is secret: it may go into a log as it is. */
export interface AttemptInfo {
  /** The method of the client: `addLenders`. */
  readonly operation: string;
  /** Of HTTP. */
  readonly method: string;
  readonly path: string;
  /** The same for all attempts of a call. */
  readonly requestId: string;
  /** From 1. */
  readonly attempt: number;
}

/**
 * For logs and traces. A hook that throws or rejects breaks nothing, and nobody waits for one.
 */
export interface Hooks {
  /** Before each attempt. What it puts into `headers`, such as a traceparent, is sent besides the client's own. */
  readonly onRequest?: (info: AttemptInfo & { readonly headers: Headers }) => unknown;
  /** An answer of any status came. */
  readonly onResponse?: (info: AttemptInfo & { readonly status: number; readonly durationMs: number }) => unknown;
  /** No whole answer came, for whatever reason. */
  readonly onFailure?: (info: AttemptInfo & { readonly error: unknown; readonly durationMs: number }) => unknown;
  /** The call will be tried again after this delay. */
  readonly onRetry?: (info: AttemptInfo & { readonly error: LendingError; readonly delayMs: number }) => unknown;
}

/** Tells a hook, whatever it does. */
export function tell<Info>(hook: ((info: Info) => unknown) | undefined, info: Info): void {
  try {
    Promise.resolve(hook?.(info)).catch(() => {});
  } catch {
    // A log that fails must not fail the call that it is about.
  }
}
