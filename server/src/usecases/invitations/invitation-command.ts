import { conflict, notFound } from '../../domain/errors.ts';
import type { LenderId, UserId } from '../../domain/ids.ts';
import { effectiveStatus, HELD_MAX, type Participant } from '../../domain/lender.ts';
import type { Change, Loan } from '../../domain/loan.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentInvitation, presentLoan } from '../../schemas/presenters.ts';
import { holdingKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { known, loanInView, type OnLoan, ownKeys, ownRows } from '../authorization.ts';

/* What the answers to an invitation have in common. */

export function viewInvitation(asked: OnLoan): Key<unknown>[] {
  known(asked.input.loan_id, 'invitation');
  return ownKeys(asked);
}

type Held = NonNullable<Plan['holding']>;

/** To anybody else than the invited lender there is no such invitation. */
export function invitedOnly(view: View, asked: OnLoan): void {
  invitationInView(view, asked);
}

/** @param decide the domain's rule; undefined where that was answered already */
export function planAnswer(
  view: View,
  asked: OnLoan,
  decide: (loan: Loan, lender: Participant, userId: UserId, now: number) => Change | undefined,
): Plan {
  const { input, caller, now } = asked;
  const seen = loanInView(view, input.loan_id);
  const lender = invitationInView(view, asked);
  const change = decide(seen.data, lender, caller.userId, now);
  const loan = change?.loan ?? seen.data;
  const [after = lender] = change?.participants ?? [];
  const version = seen.version + (change ? 1 : 0);
  return {
    ...(change && { change, holding: holdingWith(view, asked, lender.lenderId) }),
    body: { success: true, invitation: presentInvitation(loan, after, now), loan: presentLoan(loan, version) },
  };
}

/**
 * The invitation that an answer is about. Who holds several in one loan answers that of today's address, else the newest;
 * what was revoked or has expired comes last. Answering changes nothing of that, so the same answer again is about the same.
 */
function invitationInView(view: View, asked: OnLoan): Participant {
  const loan = view.at(loanKey(known(asked.input.loan_id, 'invitation')))?.data;
  if (!loan) throw notFound('invitation');
  const isOver = (row: Participant) => ['expired', 'revoked'].includes(effectiveStatus(loan, row, asked.now));
  const isElsewhere = (row: Participant) => row.email !== asked.caller.email;
  const [first] = ownRows(view, asked)
    .map(({ data }) => data)
    .sort((a, b) => +isOver(a) - +isOver(b) || +isElsewhere(a) - +isElsewhere(b) || b.invitedAt - a.invitedAt);
  if (!first) throw notFound('invitation');
  return first;
}

/** Written with each answer, also where it stays the same: the commit checks what it writes. */
function holdingWith(view: View, { input, caller }: OnLoan, lenderId: LenderId): Held {
  const key = holdingKey(known(input.loan_id, 'invitation'), caller.userId);
  const lenderIds = [...new Set([...(view.at(key)?.data.lenderIds ?? []), lenderId])];
  if (lenderIds.length > HELD_MAX) throw conflict(`You hold ${HELD_MAX} invitations to this loan already, under other addresses.`);
  return { key, data: { lenderIds } };
}
