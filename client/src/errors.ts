import type { Problem } from './api.generated.ts';

/** The server's codes, and one for an answer that is not of its making: a proxy's page, a wrong address. */
export type ErrorCode = Problem['error'] | 'UNEXPECTED_ANSWER';

interface ErrorContext {
  readonly requestId: string;
  readonly attempts: number;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** Whatever a call fails with, unless its caller ended it: then it is the signal's reason. */
export class LendingError extends Error {
  /** Name it when you ask for help: it stands in the server's log. */
  readonly requestId: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Whether the same call, with the same idempotency key, may succeed later. */
  readonly retryable: boolean;
  /** Seconds to wait before that, where they are known. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { requestId, attempts, retryable, retryAfter, cause }: ErrorContext) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LendingError';
    this.requestId = requestId;
    this.attempts = attempts;
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }
}

/** The server refused, or failed. */
export class ApiError extends LendingError {
  readonly code: ErrorCode;
  /** Of HTTP. */
  readonly status: number;
  /** Every reason that was found, in the order of the request. */
  readonly details: Problem['details'];
  /** As it came: the parsed problem, else the text. */
  readonly body: unknown;

  constructor(message: string, refusal: ErrorContext & Pick<ApiError, 'body' | 'code' | 'details' | 'status'>) {
    super(message, refusal);
    this.name = 'ApiError';
    this.code = refusal.code;
    this.status = refusal.status;
    this.details = refusal.details;
    this.body = refusal.body;
  }
}

/** No whole answer came: `cause` tells why. Whether the server has done what was asked, only a repeat can tell. */
export class ConnectionError extends LendingError {
  constructor(message: string, circumstances: ErrorContext) {
    super(message, circumstances);
    this.name = 'ConnectionError';
  }
}

/** The call's time was up; `cause` is what the attempt before had failed with, if there was one. */
export class DeadlineError extends LendingError {
  constructor(message: string, circumstances: ErrorContext) {
    super(message, circumstances);
    this.name = 'DeadlineError';
  }
}

/** Nothing was sent: the server has failed too often lately. */
export class CircuitOpenError extends LendingError {
  constructor(message: string, circumstances: ErrorContext) {
    super(message, circumstances);
    this.name = 'CircuitOpenError';
  }
}
