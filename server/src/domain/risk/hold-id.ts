import { type LoanId, parseLoanId } from '../ids.ts';
import type { RiskHold } from './risk-hold.ts';

/** Names a hold to operators: the loan, and when the invitations were made. */
export interface HoldRef extends Pick<RiskHold, 'invitedAt' | 'loanId'> {}

const HOLD_ID = /^(?<loan>.{36})-(?<time>0|[1-9]\d{0,14})$/;

export function holdIdOf({ loanId, invitedAt }: HoldRef): string {
  return `${loanId}-${invitedAt}`;
}

export function parseHoldId(text: string): HoldRef | undefined {
  const { loan = '', time } = HOLD_ID.exec(text)?.groups ?? {};
  const loanId: LoanId | undefined = parseLoanId(loan);
  return loanId && { loanId, invitedAt: Number(time) };
}
