import { isOverFunding } from '../../domain/errors.ts';
import { mayHaveExpired } from '../../domain/loan.ts';
import type { Recovery } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { type LoanContext, requireLoan } from '../authorization.ts';
import { expireInvitations } from './expire-invitations.ts';

/**
 * Recovery from over-funding: an expired invitation counts as invited until its expiry is written, so it may be all that
 * leaves no room.
 */
export function expireWhenOverFunded(error: unknown, view: View, { input, now }: LoanContext): Recovery | undefined {
  if (!isOverFunding(error)) return undefined;
  const { data: loan } = requireLoan(view, input.loan_id);
  if (!mayHaveExpired(loan, now)) return undefined;
  return (services, origin) => expireInvitations(services, loan.loanId, origin);
}
