import { mayHaveExpired } from '../../domain/invitation.ts';
import { isOverFunding } from '../../domain/over-funding.ts';
import type { Recovery } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { requireLoan, type TimedLoanContext } from '../authorization.ts';
import { expireInvitations } from './expire-invitations.ts';

/**
 * Recovery from over-funding: expired invitations count as invited until their expiry is written, so writing it may free enough.
 * It writes some at a time, until there is enough; a background task writes the rest.
 */
export function expireWhenOverFunded(error: unknown, view: View, { input, now }: TimedLoanContext): Recovery | undefined {
  if (!isOverFunding(error)) return undefined;
  const { data: loan } = requireLoan(view, input.loan_id);
  if (!mayHaveExpired(loan, now)) return undefined;
  return async (services, origin, deadline) => (await expireInvitations(services, loan.loanId, origin, deadline)) > 0;
}
