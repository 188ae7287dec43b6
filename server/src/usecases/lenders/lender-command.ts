import type { LenderId, LoanId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { Loan, LoanChange } from '../../domain/loan.ts';
import type { Plan, UseCaseContext, ViewContext } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentLender, presentLoan } from '../../schemas/presenters.ts';
import { lenderKey, loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { requireId, requireLender, requireLoan } from '../authorization.ts';

/* Shared by the commands on one lender. */

interface LenderCommandInput {
  readonly loan_id: LoanId | undefined;
  readonly lender_id: LenderId | undefined;
}

export function lenderViewKeys({ input }: ViewContext<LenderCommandInput>): Key<unknown>[] {
  const loanId = requireId(input.loan_id, 'loan');
  return [loanKey(loanId), ...(input.lender_id ? [lenderKey(loanId, input.lender_id)] : [])];
}

/** @param decide the domain's rule, given the loan's version after the change. Undefined where there is nothing to change */
export function planLenderChange(
  view: View,
  { input, now }: UseCaseContext<LenderCommandInput>,
  decide: (loan: Loan, lender: Lender, version: number) => LoanChange | undefined,
): Plan {
  const before = requireLoan(view, input.loan_id);
  const lenderBefore = requireLender(view, before.data.loanId, input.lender_id).data;
  const change = decide(before.data, lenderBefore, before.version + 1);
  const loan = change?.loan ?? before.data;
  const [lender = lenderBefore] = change?.lenders ?? [];
  const version = before.version + (change ? 1 : 0);
  return {
    ...(change && { change }),
    body: { success: true, lender: presentLender(loan, lender, now), loan: presentLoan(loan, version) },
  };
}
