/* Amounts are integers of minor units. Nothing here goes through a float, so every browser shows the same schedule. */

export interface RepaymentTerms {
  /** What is lent, in minor units, 0 or more. */
  readonly amount: number;
  /** Nominal percent a year, at most 3 decimals: 4.5 for 4.5 %. */
  readonly interestRate: number;
  readonly termMonths: number;
}

/** One month's payment. `interest` and `principal` sum to `payment`. */
export interface Installment {
  /** From 1. */
  readonly month: number;
  readonly payment: number;
  readonly interest: number;
  readonly principal: number;
  /** Owed after the payment. */
  readonly balance: number;
}

export interface Repayment {
  /** Of every month but the last. */
  readonly monthlyPayment: number;
  /** Until the last payment: the term, or fewer where rounding of a tiny amount pays it back before that. */
  readonly months: number;
  /** It takes up what rounding leaves. */
  readonly lastPayment: number;
  /** All payments, which is the amount and the interest. */
  readonly total: number;
  readonly totalInterest: number;
  readonly installments: readonly Installment[];
}

/** A month's interest is balance × thousandths of a percent ÷ this. */
const RATE_SCALE = 1_200_000n;
/** Decimals below the minor unit. With the highest rate and term an error grows by 10^17, and stays far below one unit. */
const SCALE = 10n ** 40n;

/**
 * Calculates the repayment of a loan as an annuity: equal monthly payments, the first a month after the loan. The interest of a
 * month is that of the exact balance, rounded, so that rounding does not grow with the term. The principal parts sum to the amount.
 * @throws RangeError for terms that are not integers in range
 */
export function scheduleRepayment({ amount, interestRate, termMonths }: RepaymentTerms): Repayment {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`${amount} is not an amount in minor units`);
  if (!Number.isSafeInteger(termMonths) || termMonths < 1) throw new RangeError(`${termMonths} is not a number of months`);
  const rate = BigInt(Math.round(interestRate * 1000));
  const scaledPayment = annuity(BigInt(amount) * SCALE, rate, termMonths);
  const monthlyPayment = round(scaledPayment);
  const installments: Installment[] = [];
  let exact = BigInt(amount) * SCALE;
  let balance = amount;
  for (let month = 1; month <= termMonths; month += 1) {
    const scaledInterest = divide(exact * rate, RATE_SCALE);
    const interest = balance === 0 ? 0 : round(scaledInterest);
    const principal = month === termMonths ? balance : Math.min(Math.max(monthlyPayment - interest, 0), balance);
    exact += scaledInterest - scaledPayment;
    balance -= principal;
    installments.push({ month, payment: interest + principal, interest, principal, balance });
  }
  const totalInterest = installments.reduce((sum, { interest }) => sum + interest, 0);
  const months = installments.findLastIndex(({ payment }) => payment > 0) + 1;
  const lastPayment = installments[months - 1]?.payment ?? 0;
  return { monthlyPayment, months, lastPayment, total: amount + totalInterest, totalInterest, installments };
}

/** amount × i × (1 + i)^n ÷ ((1 + i)^n − 1), in whole numbers, with i = rate ÷ RATE_SCALE. */
function annuity(amount: bigint, rate: bigint, termMonths: number): bigint {
  const months = BigInt(termMonths);
  if (rate === 0n) return divide(amount, months);
  const growth = (RATE_SCALE + rate) ** months;
  return divide(amount * rate * growth, RATE_SCALE * (growth - RATE_SCALE ** months));
}

/** Half up. Neither is negative. */
function divide(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

function round(scaled: bigint): number {
  return Number(divide(scaled > 0n ? scaled : 0n, SCALE));
}
