import { scheduleRepayment } from '@private-lending/locale/repayment-schedule';
import { describe, expect, it } from 'vitest';
import { axisOf, chartBars } from './chart-bars.ts';
import { lenderRepayment } from './lender-repayment.ts';

const scheduled = (termMonths: number) => scheduleRepayment({ amount: 500_000, interestRate: 4.5, termMonths });

describe('chartBars', () => {
  it.each([1, 36, 48])('has a bar for each of %i months', (termMonths) => {
    const { months, bars } = chartBars(scheduled(termMonths).installments);
    expect([months, bars.length]).toEqual([1, termMonths]);
  });

  it.each([
    [49, 5],
    [60, 5],
    [480, 40],
  ])('has a bar for each year of %i months, and one for the rest', (termMonths, count) => {
    const { months, bars } = chartBars(scheduled(termMonths).installments);
    expect([months, bars.length, bars.at(-1)?.month]).toEqual([12, count, termMonths]);
  });

  it.each([1, 36, 49, 480])('ends with all that comes back in %i months, and loses no payment between the bars', (termMonths) => {
    const { installments, total, totalInterest } = scheduled(termMonths);
    const { bars } = chartBars(installments);
    expect(bars.at(-1)).toMatchObject({ principal: 500_000, interest: totalInterest, balance: 0 });
    expect(bars.reduce((sum, { payment }) => sum + payment, 0)).toBe(total);
    expect(bars.reduce((sum, { paymentInterest }) => sum + paymentInterest, 0)).toBe(totalInterest);
  });

  it('never shrinks', () => {
    const { bars } = chartBars(scheduled(480).installments);
    const heights = bars.map(({ principal, interest }) => principal + interest);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
  });
});

describe('axisOf', () => {
  it.each([
    [1, [1]],
    [36, [1, 36]],
    [49, [1, 5]],
    [480, [1, 40]],
  ])('names the first and the last bar of %i months: months, or years where bars are years', (termMonths, axis) => {
    expect(axisOf(chartBars(scheduled(termMonths).installments))).toEqual(axis);
  });
});

describe('lenderRepayment', () => {
  const TERMS = { amount: 5000, interestRate: 4.5, termMonths: 36 };

  it('calculates in the minor units of the currency', () => {
    expect(lenderRepayment({ ...TERMS, currency: 'USD' })).toMatchObject({ amount: 500_000, monthlyPayment: 14_873 });
    expect(lenderRepayment({ ...TERMS, currency: 'JPY' })).toMatchObject({ amount: 5000, monthlyPayment: 149 });
  });

  it('knows nothing of a currency that is not in the table', () => {
    expect(lenderRepayment({ ...TERMS, currency: 'XXQ' })).toBeUndefined();
  });
});
