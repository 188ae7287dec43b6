import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleRepayment } from './repayment-schedule.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('scheduleRepayment', () => {
  it('divides 20,000.00 USD at 4.5 % into 36 payments of 594.94 USD, of which the last one takes up the rounding', () => {
    const { monthlyPayment, lastPayment, total, totalInterest, installments } = scheduleRepayment({
      amount: 2_000_000,
      interestRate: 4.5,
      termMonths: 36,
    });
    expect({ monthlyPayment, lastPayment, total, totalInterest }).toEqual({
      monthlyPayment: 59_494,
      lastPayment: 59_489,
      total: 2_141_779,
      totalInterest: 141_779,
    });
    expect(installments[0]).toEqual({ month: 1, payment: 59_494, interest: 7500, principal: 51_994, balance: 1_948_006 });
    expect(installments.at(-1)).toMatchObject({ month: 36, balance: 0 });
  });

  it('divides a loan without interest into equal parts', () => {
    const { monthlyPayment, lastPayment, totalInterest, installments } = scheduleRepayment({
      amount: 100,
      interestRate: 0,
      termMonths: 3,
    });
    expect({ monthlyPayment, lastPayment, totalInterest }).toEqual({ monthlyPayment: 33, lastPayment: 34, totalInterest: 0 });
    expect(installments.map(({ balance }) => balance)).toEqual([67, 34, 0]);
  });

  it('pays a loan of one month back at once, with a month’s interest', () => {
    const { monthlyPayment, lastPayment } = scheduleRepayment({ amount: 120_000, interestRate: 10, termMonths: 1 });
    expect([monthlyPayment, lastPayment]).toEqual([121_000, 121_000]);
  });

  it.each([
    ['0 decimals', { amount: 1_000_000, interestRate: 3, termMonths: 24 }, 42_981],
    ['3 decimals', { amount: 5_000_000, interestRate: 6.125, termMonths: 60 }, 96_955],
  ])('calculates in minor units for a currency of %s', (_, terms, payment) => {
    expect(scheduleRepayment(terms).monthlyPayment).toBe(payment);
  });

  it('pays back early, and nothing in the last months, where one minor unit a month is too much', () => {
    const { installments, months, lastPayment } = scheduleRepayment({ amount: 3, interestRate: 0, termMonths: 5 });
    expect(installments.map(({ payment }) => payment)).toEqual([1, 1, 1, 0, 0]);
    expect([months, lastPayment]).toEqual([3, 1]);
  });

  it('pays all back in the last month where one minor unit a month is far too much', () => {
    const { monthlyPayment, months, lastPayment } = scheduleRepayment({ amount: 1, interestRate: 0, termMonths: 12 });
    expect([monthlyPayment, months, lastPayment]).toEqual([0, 12, 1]);
  });

  it('does not let rounding grow with the highest rate and term', () => {
    const { monthlyPayment, lastPayment } = scheduleRepayment({ amount: 2_000_000, interestRate: 100, termMonths: 480 });
    expect(Math.abs(lastPayment - monthlyPayment)).toBeLessThanOrEqual(480);
  });

  it('has parts that sum to the whole for all terms that a loan can have', () => {
    const anyTerms = fc.record({
      amount: fc.integer({ min: 1, max: 1e12 }),
      interestRate: fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000),
      termMonths: fc.integer({ min: 1, max: 480 }),
    });
    fc.assert(
      fc.property(anyTerms, (terms) => {
        const { installments, monthlyPayment, lastPayment, total, totalInterest } = scheduleRepayment(terms);
        expect(installments).toHaveLength(terms.termMonths);
        expect(sum(installments.map(({ principal }) => principal))).toBe(terms.amount);
        expect(sum(installments.map(({ payment }) => payment))).toBe(total);
        expect(total - totalInterest).toBe(terms.amount);
        expect(installments.every(({ interest, principal, balance }) => Math.min(interest, principal, balance) >= 0)).toBe(true);
        expect(Math.abs(lastPayment - monthlyPayment)).toBeLessThanOrEqual(terms.termMonths);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { amount: 0.5, interestRate: 1, termMonths: 1 },
    { amount: -1, interestRate: 1, termMonths: 1 },
    { amount: 1, interestRate: 1, termMonths: 0 },
  ])('rejects %j', (terms) => {
    expect(() => scheduleRepayment(terms)).toThrow(RangeError);
  });
});
