import type { Change, Loan } from '../../domain/loan.ts';
import type { Plan } from '../../execution/use-case.ts';
import type { View } from '../../execution/view.ts';
import { presentLoan } from '../../schemas/presenters.ts';
import { loanKey } from '../../storage/keys.ts';
import type { Key } from '../../storage/store.ts';
import { loanInView, type OnLoan, requireId } from '../authorization.ts';

/* What the commands on a loan as a whole have in common. */

export function viewOneLoan({ input }: OnLoan): Key<unknown>[] {
  return [loanKey(requireId(input.loan_id, 'loan'))];
}

/** @param decide the domain's rule; undefined where the loan is as wanted already */
export function planOneLoan(view: View, { input }: OnLoan, decide: (loan: Loan) => Change | undefined): Plan {
  const seen = loanInView(view, input.loan_id);
  const change = decide(seen.data);
  if (!change) return { body: { success: true, loan: presentLoan(seen.data, seen.version) } };
  return { change, body: { success: true, loan: presentLoan(change.loan, seen.version + 1) } };
}
