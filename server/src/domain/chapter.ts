import type { Actor, Happening } from './events.ts';
import type { RequestId, UserId } from './ids.ts';
import type { Loan } from './loan.ts';

/** All that one commit did to a loan. Kept under the loan's new version, so a loan's history has no gaps. */
export interface Chapter {
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
  readonly happenings: readonly Happening[];
}
