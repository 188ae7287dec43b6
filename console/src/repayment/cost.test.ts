import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';

const USD = { code: 'USD', decimals: 2 };

describe('costOf', () => {
  it('has the payment of a month, the last one, and what they sum to', () => {
    expect(costOf({ amount: '20000', interestRate: 4.5, termMonths: 36 }, USD)).toEqual({
      payment: '594.94',
      lastPayment: '594.89',
      months: 36,
      total: '21417.79',
      interest: '1417.79',
    });
  });

  it('has no last payment apart where all are alike, and no interest at 0 %', () => {
    const cost = costOf({ amount: 1200, interestRate: 0, termMonths: 12 }, USD);
    expect(cost).toEqual({ payment: '100.00', lastPayment: undefined, months: 12, total: '1200.00', interest: undefined });
  });

  it('counts the months until the last payment', () => {
    const yen = { code: 'JPY', decimals: 0 };
    expect(costOf({ amount: 3, interestRate: 0, termMonths: 5 }, yen)).toMatchObject({ payment: '1', months: 3 });
    expect(costOf({ amount: 2, interestRate: 0, termMonths: 5 }, yen)).toMatchObject({ payment: '0', lastPayment: '2', months: 5 });
  });
});
