import type { RequestId, UserId } from './ids.ts';
import type { Loan } from './loan.ts';
import type { Participant } from './participant.ts';

export const LOAN_EVENT_TYPES = ['loan.created', 'loan.funded', 'loan.closed', 'loan.cancelled'] as const;
export const LENDER_EVENT_TYPES = [
  'lender.invited',
  'lender.changed',
  'lender.accepted',
  'lender.declined',
  'lender.revoked',
  'lender.expired',
] as const;

/** Something that happened to the loan as a whole. */
export interface LoanHappening {
  readonly type: (typeof LOAN_EVENT_TYPES)[number];
}

/** Something that happened to one lender, who stands as they are after it. */
export interface LenderHappening {
  readonly type: (typeof LENDER_EVENT_TYPES)[number];
  readonly lender: Participant;
}

export type Happening = LoanHappening | LenderHappening;

export const ACTORS = ['borrower', 'lender', 'system'] as const;
export type Actor = (typeof ACTORS)[number];

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
