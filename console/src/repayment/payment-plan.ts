import type { Currency } from '@private-lending/locale/currencies';
import { type Repayment, scheduleRepayment } from '@private-lending/locale/repayment-schedule';
import { type Cost, costOfAll } from './cost.ts';
import { toMinorUnits } from './minor-units.ts';

/** A lender who accepted. */
interface Acceptance {
  readonly lender_id: string;
  readonly email: string;
  readonly name?: string | null;
  /** In major units. */
  readonly contribution_amount: number;
}

/** What the borrower pays to one lender: what that lender’s page says. */
interface PaymentsToLender<Lender = Acceptance> extends Pick<Repayment, 'monthlyPayment' | 'lastPayment' | 'total'> {
  readonly lender: Lender;
}

export interface PaymentPlan<Lender = Acceptance> {
  readonly lenders: readonly PaymentsToLender<Lender>[];
  /** The sums of what the lenders get. */
  readonly cost: Cost;
}

interface Terms {
  readonly currency: Currency;
  readonly interestRate: number;
  readonly termMonths: number;
  /** What all lenders of the loan have accepted, in major units. */
  readonly totalAccepted: number;
}

/**
 * Calculates what a borrower pays to each lender who accepted, and the sums.
 * @returns undefined where these are not all lenders who accepted
 */
export function paymentPlan<Lender extends Acceptance>(
  accepted: readonly Lender[],
  { currency, interestRate, termMonths, totalAccepted }: Terms,
): PaymentPlan<Lender> | undefined {
  const { decimals } = currency;
  const amounts = accepted.map(({ contribution_amount: amount }) => toMinorUnits(amount, decimals));
  if (amounts.reduce((sum, amount) => sum + amount, 0) !== toMinorUnits(totalAccepted, decimals)) return undefined;
  // Many lenders often lend the same amount.
  const schedules = new Map(
    [...new Set(amounts)].map((amount) => [amount, scheduleRepayment({ amount, interestRate, termMonths })] as const),
  );
  const lenders = accepted.flatMap((lender, index) => {
    const schedule = schedules.get(amounts[index] ?? 0);
    return schedule ? [{ lender, schedule }] : [];
  });
  lenders.sort((a, b) => nameOf(a.lender).localeCompare(nameOf(b.lender)));
  return {
    lenders: lenders.map(({ lender, schedule: { monthlyPayment, lastPayment, total } }) => ({
      lender,
      monthlyPayment,
      lastPayment,
      total,
    })),
    cost: costOfAll(
      lenders.map(({ schedule }) => schedule),
      currency,
    ),
  };
}

function nameOf({ name, email }: Acceptance): string {
  return name ?? email;
}
