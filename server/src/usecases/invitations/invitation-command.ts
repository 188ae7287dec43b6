import { conflict, notFound } from '../../domain/errors.ts';
import type { LenderId } from '../../domain/ids.ts';
import type { Respondent } from '../../domain/invitation.ts';
import { CLAIMED_MAX, effectiveStatus, type Lender } from '../../domain/lender.ts';
import type { Loan, LoanChange } from '../../domain/loan.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentInvitation, presentLoan } from '../../schemas/presenters.ts';
import { claimedInvitationsKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import {
  callerInvitations,
  callerKeys,
  type LoanContext,
  requireId,
  requireLoan,
  type TimedLoanContext,
} from '../authorization.ts';

/* Shared by accepting and declining an invitation. */

export function invitationViewKeys(context: LoanContext): Key<unknown>[] {
  requireId(context.input.loan_id, 'invitation');
  return callerKeys(context);
}

/**
 * The invitation that the caller answers. Of several to one loan, it is the one to their current address, else the
 * newest; revoked and expired ones come last. Answering keeps this order, so a repeat is about the same invitation.
 * @throws DomainError `NOT_FOUND` for anybody but the invited lender
 */
export function requireInvitation(view: View, context: TimedLoanContext): Lender {
  const loan = view.at(loanKey(requireId(context.input.loan_id, 'invitation')))?.data;
  if (!loan) throw notFound('invitation');
  const hasEnded = (lender: Lender) => ['expired', 'revoked'].includes(effectiveStatus(loan, lender, context.now));
  const isToOtherAddress = (lender: Lender) => lender.email !== context.caller.email;
  const [first] = callerInvitations(view, context)
    .map(({ data }) => data)
    .sort((a, b) => +hasEnded(a) - +hasEnded(b) || +isToOtherAddress(a) - +isToOtherAddress(b) || b.invitedAt - a.invitedAt);
  if (!first) throw notFound('invitation');
  return first;
}

/** @param decide the domain's rule. Undefined where the caller has already given this answer */
export function planResponse(
  view: View,
  context: TimedLoanContext,
  decide: (loan: Loan, lender: Lender, respondent: Respondent, now: number) => LoanChange | undefined,
): Plan {
  const { input, caller, now } = context;
  const before = requireLoan(view, input.loan_id);
  const lenderBefore = requireInvitation(view, context);
  const change = decide(before.data, lenderBefore, caller, now);
  const loan = change?.loan ?? before.data;
  const [lender = lenderBefore] = change?.lenders ?? [];
  const version = before.version + (change ? 1 : 0);
  return {
    ...(change && { change, claimed: claim(view, context, lender.lenderId) }),
    body: { success: true, invitation: presentInvitation(loan, lender, now), loan: presentLoan(loan, version) },
  };
}

/** Written with each answer, even if unchanged: a commit checks the versions of what it writes. */
function claim(view: View, { input, caller }: LoanContext, lenderId: LenderId): NonNullable<Plan['claimed']> {
  const key = claimedInvitationsKey(requireId(input.loan_id, 'invitation'), caller.userId);
  const lenderIds = [...new Set([...(view.at(key)?.data.lenderIds ?? []), lenderId])];
  if (lenderIds.length > CLAIMED_MAX)
    throw conflict(`You have already answered ${CLAIMED_MAX} invitations to this loan, under other addresses.`);
  return { key, data: { lenderIds } };
}
