import type { LenderId, LoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan, LoanChange } from '../../domain/loan.ts';
import type { CommandContext, Plan, ViewContext } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { lenderKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { requireId, requireLender, requireLoan } from '../authorization.ts';

/* What the commands on one lender of a loan have in common. */

interface OneLender {
  readonly loan_id: LoanId | undefined;
  readonly lender_id: LenderId | undefined;
}

export function viewLender({ input }: ViewContext<OneLender>): Key<unknown>[] {
  const loanId = requireId(input.loan_id, 'loan');
  return [loanKey(loanId), ...(input.lender_id ? [lenderKey(loanId, input.lender_id)] : [])];
}

/** @param decide the domain's rule; undefined where the lender is as wanted already */
export function planLenderChange(
  view: View,
  { input, now }: CommandContext<OneLender>,
  decide: (loan: Loan, lender: Lender) => LoanChange | undefined,
): Plan {
  const seen = requireLoan(view, input.loan_id);
  const lender = requireLender(view, seen.data.loanId, input.lender_id).data;
  const change = decide(seen.data, lender);
  const loan = change?.loan ?? seen.data;
  const [after = lender] = change?.lenders ?? [];
  const version = seen.version + (change ? 1 : 0);
  return {
    ...(change && { change }),
    body: { success: true, lender: presentLender(loan, after, now), loan: presentLoan(loan, version) },
  };
}
