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

/** Something that happened to the loan as a whole. */
interface LoanLevelEvent {
  readonly type: (typeof LOAN_EVENT_TYPES)[number];
}

/** Something that happened to one lender, who stands as they are after it. */
interface LenderEvent {
  readonly type: (typeof LENDER_EVENT_TYPES)[number];
  readonly lender: Lender;
}

export type LoanEvent = LoanLevelEvent | LenderEvent;

export const ACTORS = ['borrower', 'lender', 'system'] as const;
export type Actor = (typeof ACTORS)[number];

/** Who did it. Time itself is told as the system's doing, in whoever's request it was noticed. */
export function actorOf({ type }: LoanEvent, commitActor: Actor): Actor {
  return type === 'lender.expired' ? 'system' : commitActor;
}
