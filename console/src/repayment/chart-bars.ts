import type { Installment } from '@private-lending/locale/repayment-schedule';

/** All that has come back by the end of a month, in minor units. */
interface Bar {
  readonly month: number;
  readonly principal: number;
  readonly interest: number;
  /** Of the last group alone: what came back in its months. */
  readonly payment: number;
  readonly paymentInterest: number;
  /** Still lent. */
  readonly balance: number;
}

/** More bars than months of four years are too narrow on a phone. Then a bar is a year. */
const MONTHS_MAX = 48;

export interface Bars {
  /** Months of each bar but the last. */
  readonly months: 1 | 12;
  readonly bars: readonly Bar[];
}

export function chartBars(installments: readonly Installment[]): Bars {
  const months = installments.length <= MONTHS_MAX ? 1 : 12;
  const bars: Bar[] = [];
  let [principal, interest, payment, paymentInterest] = [0, 0, 0, 0];
  for (const [index, installment] of installments.entries()) {
    principal += installment.principal;
    interest += installment.interest;
    payment += installment.payment;
    paymentInterest += installment.interest;
    const { month, balance } = installment;
    if (month % months !== 0 && index !== installments.length - 1) continue;
    bars.push({ month, principal, interest, payment, paymentInterest, balance });
    [payment, paymentInterest] = [0, 0];
  }
  return { months, bars };
}

/** The numbers of the first and the last bar: of months, or of years. */
export function axisOf({ bars }: Bars): readonly number[] {
  return bars.length > 1 ? [1, bars.length] : [1];
}
