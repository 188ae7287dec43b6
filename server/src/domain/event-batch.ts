import type { RequestId, UserId } from './ids.ts';
import type { ImportProgress } from './lender-import.ts';
import type { Loan } from './loan.ts';
import type { Actor, LoanEvent } from './loan-events.ts';

/** All that one commit did to a loan. Kept under the loan's new version, so a loan's history has no gaps. */
export interface EventBatch {
  /** The loan's version after the commit. */
  readonly version: number;
  readonly at: number;
  readonly actor: Actor;
  /** Who acted; null for the system. Shown to nobody but themselves. */
  readonly actorId: UserId | null;
  readonly requestId: RequestId;
  /** W3C trace context of the request, for whoever reacts. */
  readonly traceparent: string | null;
  /** The loan as it stood after the commit. */
  readonly loan: Loan;
  readonly events: readonly LoanEvent[];
  /** The import that it is a step of. */
  readonly import?: ImportProgress;
}

/** How far a chapter has come that waits to be delivered. */
export interface OutboxEntry {
  /** Who has reacted to it already, by name. */
  readonly done: readonly string[];
  /** How often it was tried in vain. */
  readonly failures: number;
  /** Epoch milliseconds before which it is not tried again. */
  readonly notBefore: number;
}

/** A chapter that somebody could not react to, however often it was tried. The rest went on without it. */
export interface DeadLetter {
  readonly handler: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What went wrong, as the log tells it. */
  readonly error: string;
}
