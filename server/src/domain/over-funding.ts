import { DomainError, type FieldError } from './errors.ts';
import { type Loan, remaining } from './loan.ts';
import { type DecimalAmount, exceeds, formatAmount, formatMoney } from './money.ts';

/** The over-funding rule: contributions of pending and accepted lenders never exceed the amount of their loan. */
export function overFundingErrors(loan: Loan, requested: DecimalAmount, path: string): FieldError[] {
  const { amount, totalInvited, currency } = loan;
  if (!exceeds(requested, remaining(loan), currency)) return [];
  const message =
    `This would over-fund the loan: amount ${formatMoney(amount, currency)}, invited ${formatMoney(totalInvited, currency)}, ` +
    `requested ${formatAmount(requested, currency)}, remaining ${formatMoney(remaining(loan), currency)}. ` +
    'Please lower the contributions.';
  return [{ path, code: 'OVER_FUNDING', message }];
}

export function isOverFunding(error: unknown): boolean {
  return error instanceof DomainError && error.details.some(({ code }) => code === 'OVER_FUNDING');
}
