import type { RequestId, UserId } from './ids.ts';
import type { ImportProgress } from './imports/lender-import.ts';
import type { Loan } from './loan.ts';
import type { Actor, LoanEvent } from './loan-events.ts';

/** All events of one commit. Stored under the loan's new version, so a loan's history has no gaps. */
export interface EventBatch {
  /** The loan's version after the commit. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly actor: Actor;
  /** Null for the system. Visible only to that user. */
  readonly actorId: UserId | null;
  readonly requestId: RequestId;
  /** W3C trace context of the request, continued by event handlers. */
  readonly traceparent: string | null;
  /** The loan after the commit. */
  readonly loan: Loan;
  readonly events: readonly LoanEvent[];
  /** Set where the commit is a step of an import. */
  readonly import?: ImportProgress;
}

/** Delivery state of an event batch in the outbox. */
export interface OutboxEntry {
  /** Names of the handlers that have handled it. */
  readonly done: readonly string[];
  /** Failed attempts. */
  readonly failures: number;
  /** Epoch milliseconds of the next attempt, at the earliest. */
  readonly notBefore: number;
}

/** An event batch that one handler failed on at every attempt. Later batches are delivered without it. */
export interface DeadLetter {
  readonly handler: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The last error, as in the log. */
  readonly error: string;
}
