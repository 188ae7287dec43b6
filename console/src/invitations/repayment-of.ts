import type { Invitation } from '@private-lending/client';
import { type LenderRepayment, lenderRepayment } from '../repayment/lender-repayment.ts';

/** What comes back to the invited person, if they lend. @returns undefined for a currency that this version does not know */
export function repaymentOf({ loan, contribution_amount: amount }: Invitation): LenderRepayment | undefined {
  const { currency, interest_rate: interestRate, term_months: termMonths } = loan;
  return lenderRepayment({ amount, currency, interestRate, termMonths });
}
