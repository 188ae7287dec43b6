import { describe, expect, it } from 'vitest';
import { lenderRepayment } from './lender-repayment.ts';
import { toMinorUnits } from './minor-units.ts';
import { paymentPlan } from './payment-plan.ts';

const EUR = { code: 'EUR', decimals: 2 };
const TERMS = { currency: EUR, interestRate: 4, termMonths: 18 };

function lendersOf(...amounts: number[]) {
  return amounts.map((amount, index) => ({
    lender_id: String(index),
    email: `${index}@example.com`,
    contribution_amount: amount,
  }));
}

describe('paymentPlan', () => {
  it('sums what the page of each lender says', () => {
    const accepted = lendersOf(500, 1000.25, 1000.25);
    const plan = paymentPlan(accepted, { ...TERMS, totalAccepted: 2500.5 });
    expect(plan?.lenders.map(({ monthlyPayment, total }) => [monthlyPayment, total])).toEqual([
      [2867, 51_599],
      [5735, 103_221],
      [5735, 103_221],
    ]);
    expect(plan?.cost).toMatchObject({ payment: '143.37', months: 18, total: '2580.41', interest: '79.91' });
    for (const { lender, total } of plan?.lenders ?? []) {
      const page = lenderRepayment({ amount: lender.contribution_amount, currency: 'EUR', interestRate: 4, termMonths: 18 });
      expect(page?.total).toBe(total);
    }
  });

  it('loses no unit between the payments of all months and the total', () => {
    const plan = paymentPlan(lendersOf(0.07, 333.33, 1e6), { ...TERMS, totalAccepted: 1_000_333.4 });
    const { payment = '', lastPayment = payment, months = 0, total = '' } = plan?.cost ?? {};
    const units = (amount: string) => toMinorUnits(amount, 2);
    expect(units(payment) * (months - 1) + units(lastPayment)).toBe(units(total));
    expect(plan?.lenders.reduce((sum, each) => sum + each.total, 0)).toBe(units(total));
  });

  it('marks payments as uneven where that to a lender ends early', () => {
    const yen = { currency: { code: 'JPY', decimals: 0 }, interestRate: 0, termMonths: 5 };
    expect(paymentPlan(lendersOf(500), { ...yen, totalAccepted: 500 })?.cost.isUneven).toBeUndefined();
    expect(paymentPlan(lendersOf(3, 500), { ...yen, totalAccepted: 503 })?.cost.isUneven).toBe(true);
  });

  it('lists lenders by their names, or addresses', () => {
    const names = ['Zoe', null, 'Ana'];
    const named = lendersOf(1, 2, 3).map((lender, index) => ({ ...lender, name: names[index] ?? null }));
    const plan = paymentPlan(named, { ...TERMS, totalAccepted: 6 });
    expect(plan?.lenders.map(({ lender }) => lender.contribution_amount)).toEqual([2, 3, 1]);
  });

  it('has no figures where a lender who accepted is missing', () => {
    expect(paymentPlan(lendersOf(500, 1000.25), { ...TERMS, totalAccepted: 2500.5 })).toBeUndefined();
  });
});
