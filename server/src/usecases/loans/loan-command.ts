import type { Loan, LoanChange } from '../../domain/loan.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { type LoanContext, requireId, requireLoan } from '../authorization.ts';

/* Shared by the commands on a loan as a whole. */

export function loanViewKeys({ input }: LoanContext): Key<unknown>[] {
  return [loanKey(requireId(input.loan_id, 'loan'))];
}

/** @param decide the domain's rule. Undefined where there is nothing to change */
export function planLoanChange(view: View, { input }: LoanContext, decide: (loan: Loan) => LoanChange | undefined): Plan {
  const { data: loan, version } = requireLoan(view, input.loan_id);
  const change = decide(loan);
  if (!change) return { body: { success: true, loan: presentLoan(loan, version) } };
  return { change, body: { success: true, loan: presentLoan(change.loan, version + 1) } };
}
