import type { NetworkId, RequestId, UserId } from './ids.ts';
import type { ImportProgress } from './imports/lender-import.ts';
import type { Loan } from './loan.ts';
import type { Actor, LoanEvent } from './loan-events.ts';

/** All events of one commit. Stored under the loan's new version, so a loan's history has no gaps. */
export interface EventBatch {
  /** The loan's version after the commit. */
  readonly version: number;
  /** Epoch milliseconds. Never before that of the loan's previous batch. */
  readonly at: number;
  readonly actor: Actor;
  /** Null for the system. Visible only to that user. */
  readonly actorId: UserId | null;
  readonly requestId: RequestId;
  /** W3C trace context of the request, continued by event handlers. */
  readonly traceparent: string | null;
  /** Of the request. Undefined where it came from within the operator's own network, and in batches of earlier versions. */
  readonly network?: NetworkId;
  /** The loan after the commit. */
  readonly loan: Loan;
  readonly events: readonly LoanEvent[];
  /** Set where the commit is a step of an import. */
  readonly import?: ImportProgress;
}

/**
 * The time of a loan's next event batch: `now`, but never before its latest event, which a server whose clock is ahead may have
 * written, or this one before its clock was set back.
 * @param before the loan; undefined where the batch creates it
 */
export function nextEventTime(before: Pick<Loan, 'changedAt' | 'createdAt'> | undefined, now: number): number {
  return before ? Math.max(now, before.changedAt ?? before.createdAt) : now;
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
