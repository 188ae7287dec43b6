import { expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

it('retry budget starts full, gains one retry per ten successes, and never exceeds its maximum', () => {
  const budget = new RetryBudget(2);
  const consumed = () => [budget.consume(), budget.consume(), budget.consume()];
  expect(consumed()).toEqual([true, true, false]);
  for (let success = 0; success < 9; success += 1) budget.onSuccess();
  expect(budget.consume()).toBe(false);
  budget.onSuccess();
  expect(consumed()).toEqual([true, false, false]);
  for (let success = 0; success < 1000; success += 1) budget.onSuccess();
  expect(consumed()).toEqual([true, true, false]);
});
