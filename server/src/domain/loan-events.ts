import type { Lender } from './lender.ts';

export const LOAN_EVENT_TYPES = ['loan.created', 'loan.funded', 'loan.closed', 'loan.cancelled'] as const;
export const LENDER_EVENT_TYPES = [
  'lender.invited',
  'lender.changed',
  'lender.accepted',
  'lender.declined',
  'lender.revoked',
  'lender.expired',
] as const;

/** An event of the loan as a whole. */
interface LoanLevelEvent {
  readonly type: (typeof LOAN_EVENT_TYPES)[number];
}

/** An event of one lender, with their state after it. */
interface LenderEvent {
  readonly type: (typeof LENDER_EVENT_TYPES)[number];
  readonly lender: Lender;
}

export type LoanEvent = LoanLevelEvent | LenderEvent;

export const ACTORS = ['borrower', 'lender', 'system'] as const;
export type Actor = (typeof ACTORS)[number];

/** Who caused an event. Expiry is the system's, even where it is written along with a borrower's command. */
export function actorOf({ type }: LoanEvent, commitActor: Actor): Actor {
  return type === 'lender.expired' ? 'system' : commitActor;
}
