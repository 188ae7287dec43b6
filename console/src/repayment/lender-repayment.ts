import { type Currency, parseCurrency } from '@private-lending/locale/currencies';
import { type Repayment, scheduleRepayment } from '@private-lending/locale/repayment-schedule';
import { toMinorUnits } from './minor-units.ts';

/** What a lender gets back: their part of a loan, by the loan's terms. */
export interface LenderRepayment extends Repayment {
  readonly currency: Currency;
  /** What they lend, in minor units. */
  readonly amount: number;
  readonly termMonths: number;
  readonly interestRate: number;
}

interface Terms {
  /** In major units. */
  readonly amount: number;
  readonly currency: string;
  readonly interestRate: number;
  readonly termMonths: number;
}

/** @returns undefined for a currency that this version does not know */
export function lenderRepayment({ amount, currency: code, interestRate, termMonths }: Terms): LenderRepayment | undefined {
  const currency = parseCurrency(code);
  if (!currency) return undefined;
  const units = toMinorUnits(amount, currency.decimals);
  return { ...scheduleRepayment({ amount: units, interestRate, termMonths }), amount: units, currency, interestRate, termMonths };
}
