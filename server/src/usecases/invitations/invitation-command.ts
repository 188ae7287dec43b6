import { conflict, notFound } from '../../domain/errors.ts';
import type { LenderId, UserId } from '../../domain/ids.ts';
import { CLAIMED_MAX, effectiveStatus, type Lender } from '../../domain/lender.ts';
import type { Loan, LoanChange } from '../../domain/loan.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentInvitation, presentLoan } from '../../schemas/presenters.ts';
import { claimedInvitationsKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { callerInvitations, callerKeys, type LoanContext, requireId, requireLoan } from '../authorization.ts';

/* What the answers to an invitation have in common. */

export function viewInvitation(context: LoanContext): Key<unknown>[] {
  requireId(context.input.loan_id, 'invitation');
  return callerKeys(context);
}

type Held = NonNullable<Plan['claimed']>;

/** To anybody else than the invited lender there is no such invitation. */
export function requireInvitation(view: View, context: LoanContext): void {
  invitationInView(view, context);
}

/** @param decide the domain's rule; undefined where that was answered already */
export function planResponse(
  view: View,
  context: LoanContext,
  decide: (loan: Loan, lender: Lender, userId: UserId, now: number) => LoanChange | undefined,
): Plan {
  const { input, caller, now } = context;
  const seen = requireLoan(view, input.loan_id);
  const lender = invitationInView(view, context);
  const change = decide(seen.data, lender, caller.userId, now);
  const loan = change?.loan ?? seen.data;
  const [after = lender] = change?.lenders ?? [];
  const version = seen.version + (change ? 1 : 0);
  return {
    ...(change && { change, claimed: holdingWith(view, context, lender.lenderId) }),
    body: { success: true, invitation: presentInvitation(loan, after, now), loan: presentLoan(loan, version) },
  };
}

/**
 * The invitation that an answer is about. Who holds several in one loan answers that of today's address, else the newest;
 * what was revoked or has expired comes last. Answering changes nothing of that, so the same answer again is about the same.
 */
function invitationInView(view: View, context: LoanContext): Lender {
  const loan = view.at(loanKey(requireId(context.input.loan_id, 'invitation')))?.data;
  if (!loan) throw notFound('invitation');
  const isOver = (row: Lender) => ['expired', 'revoked'].includes(effectiveStatus(loan, row, context.now));
  const isElsewhere = (row: Lender) => row.email !== context.caller.email;
  const [first] = callerInvitations(view, context)
    .map(({ data }) => data)
    .sort((a, b) => +isOver(a) - +isOver(b) || +isElsewhere(a) - +isElsewhere(b) || b.invitedAt - a.invitedAt);
  if (!first) throw notFound('invitation');
  return first;
}

/** Written with each answer, also where it stays the same: the commit checks what it writes. */
function holdingWith(view: View, { input, caller }: LoanContext, lenderId: LenderId): Held {
  const key = claimedInvitationsKey(requireId(input.loan_id, 'invitation'), caller.userId);
  const lenderIds = [...new Set([...(view.at(key)?.data.lenderIds ?? []), lenderId])];
  if (lenderIds.length > CLAIMED_MAX)
    throw conflict(`You hold ${CLAIMED_MAX} invitations to this loan already, under other addresses.`);
  return { key, data: { lenderIds } };
}
