import type { Currency } from '@private-lending/locale/currencies';
import { toMajorUnits, toMinorUnits } from './minor-units.ts';
import { scheduleRepayment } from './schedule.ts';

/** What a loan costs. Amounts are decimals in major units. */
export interface Cost {
  readonly payment: string;
  /** Undefined if it is like the others. */
  readonly lastPayment: string | undefined;
  /** With payments: with tiny amounts they end before the term does. */
  readonly months: number;
  readonly total: string;
  /** Undefined without interest. */
  readonly interest: string | undefined;
}

interface Terms {
  /** In major units. */
  readonly amount: number | string;
  readonly interestRate: number;
  readonly termMonths: number;
}

export function costOf({ amount, interestRate, termMonths }: Terms, { decimals }: Currency): Cost {
  const repayment = scheduleRepayment({ amount: toMinorUnits(amount, decimals), interestRate, termMonths });
  const payments = repayment.installments.map(({ payment }) => payment).filter((payment) => payment > 0);
  const [payment = 0, lastPayment = payment] = [payments[0], payments.at(-1)];
  const toMajor = (units: number) => toMajorUnits(units, decimals);
  return {
    payment: toMajor(payment),
    lastPayment: lastPayment === payment ? undefined : toMajor(lastPayment),
    months: payments.length,
    total: toMajor(repayment.total),
    interest: repayment.totalInterest === 0 ? undefined : toMajor(repayment.totalInterest),
  };
}
