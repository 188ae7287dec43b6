import type { LenderId, LoanId } from '../../domain/ids.ts';
import type { Participant } from '../../domain/lender.ts';
import type { Change, Loan } from '../../domain/loan.ts';
import type { Asked, Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { loanKey, participantKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { known, lenderInView, loanInView } from '../authorization.ts';

/* What the commands on one lender of a loan have in common. */

interface OneLender {
  readonly loan_id: LoanId | undefined;
  readonly lender_id: LenderId | undefined;
}

export function viewOneLender({ input }: Asked<OneLender>): Key<unknown>[] {
  const loanId = known(input.loan_id, 'loan');
  return [loanKey(loanId), ...(input.lender_id ? [participantKey(loanId, input.lender_id)] : [])];
}

/** @param decide the domain's rule; undefined where the lender is as wanted already */
export function planOneLender(
  view: View,
  { input, now }: Asked<OneLender>,
  decide: (loan: Loan, lender: Participant) => Change | undefined,
): Plan {
  const seen = loanInView(view, input.loan_id);
  const lender = lenderInView(view, seen.data.loanId, input.lender_id).data;
  const change = decide(seen.data, lender);
  const loan = change?.loan ?? seen.data;
  const [after = lender] = change?.participants ?? [];
  const version = seen.version + (change ? 1 : 0);
  return {
    ...(change && { change }),
    body: { success: true, lender: presentLender(loan, after, now), loan: presentLoan(loan, version) },
  };
}
