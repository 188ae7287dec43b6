import type { Loan } from '@private-lending/client';

type Raised = Pick<Loan, 'amount' | 'status' | 'total_accepted'>;

/** What a loan is over, in major units: of one that was closed below its amount, what was accepted. */
export function raisedAmountOf({ amount, status, total_accepted: accepted }: Raised): number {
  return status === 'funded' ? accepted : amount;
}

/** Whether a loan is funded with less than was asked for. */
export function isClosedBelow(loan: Raised): boolean {
  return raisedAmountOf(loan) < loan.amount;
}
