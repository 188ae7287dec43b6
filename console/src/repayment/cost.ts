import type { Currency } from '@private-lending/locale/currencies';
import { type Repayment, scheduleRepayment } from '@private-lending/locale/repayment-schedule';
import { toMajorUnits, toMinorUnits } from './minor-units.ts';

/** What a loan costs. Amounts are decimals in major units. */
export interface Cost {
  readonly payment: string;
  /** Undefined if it is like the others. */
  readonly lastPayment: string | undefined;
  /** Whether a payment between the first and the last is another one: that to a lender of a tiny amount ends early. */
  readonly isUneven?: true;
  /** Until the last payment: of tiny amounts it comes before the end of the term. */
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

/** What a loan of one lender costs, and about what one of several costs: the payments to each of them are rounded. */
export function costOf({ amount, interestRate, termMonths }: Terms, currency: Currency): Cost {
  return costOfAll([scheduleRepayment({ amount: toMinorUnits(amount, currency.decimals), interestRate, termMonths })], currency);
}

/** What repayments to several lenders cost together. */
export function costOfAll(repayments: readonly Repayment[], { decimals }: Currency): Cost {
  const payments = paymentsByMonth(repayments);
  const [payment = 0, lastPayment = payment] = [payments[0], payments.at(-1)];
  const isUneven = payments.slice(0, -1).some((each) => each !== payment);
  const interest = sumOf(repayments, ({ totalInterest }) => totalInterest);
  const toMajor = (units: number) => toMajorUnits(units, decimals);
  return {
    payment: toMajor(payment),
    lastPayment: lastPayment === payment ? undefined : toMajor(lastPayment),
    ...(isUneven && { isUneven }),
    months: payments.length,
    total: toMajor(sumOf(repayments, ({ total }) => total)),
    interest: interest === 0 ? undefined : toMajor(interest),
  };
}

/** Until the last payment of all. */
function paymentsByMonth(repayments: readonly Repayment[]): number[] {
  const payments: number[] = [];
  for (const { installments, months } of repayments)
    for (const [index, { payment }] of installments.slice(0, months).entries()) payments[index] = (payments[index] ?? 0) + payment;
  return payments;
}

function sumOf(repayments: readonly Repayment[], unitsOf: (repayment: Repayment) => number): number {
  return repayments.reduce((sum, repayment) => sum + unitsOf(repayment), 0);
}
