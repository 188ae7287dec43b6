import type { Loan } from './loan-store.ts';
import { toMajor } from './money.ts';
import { type LoanInput, percentOf } from './requests.ts';

export function presentLoan(loan: Loan) {
  const { decimals } = loan;
  return {
    loan_id: loan.loanId,
    amount: toMajor(loan.amount, decimals),
    currency: loan.currency,
    interest_rate: percentOf(loan.interestRate),
    term_months: loan.termMonths,
    purpose: loan.purpose,
    total_invited: toMajor(loan.totalInvited, decimals),
    total_accepted: toMajor(loan.totalAccepted, decimals),
    remaining: toMajor(loan.amount - loan.totalInvited, decimals),
    lender_count: loan.lenderCount,
    status: loan.status,
    version: loan.version,
    created_at: loan.createdAt,
  };
}

/** JSON of the response to a new loan. */
export function presentNewLoan(loanId: string, input: LoanInput, createdAt: Date): string {
  const totals = { totalInvited: 0, totalAccepted: 0, lenderCount: 0, status: 'open', version: 1 };
  const loan = presentLoan({ ...input, ...totals, loanId, borrowerId: '', createdAt });
  const { total_invited, remaining } = loan;
  return JSON.stringify({ success: true, loan, lenders_added: 0, lenders: [], total_invited, remaining });
}
