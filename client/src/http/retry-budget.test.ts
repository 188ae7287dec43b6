import { expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

it('a budget gives its retries once, then one for each ten successes, and never holds more than at first', () => {
  const budget = new RetryBudget(2);
  const taken = () => [budget.take(), budget.take(), budget.take()];
  expect(taken()).toEqual([true, true, false]);
  for (let success = 0; success < 9; success += 1) budget.succeeded();
  expect(budget.take()).toBe(false);
  budget.succeeded();
  expect(taken()).toEqual([true, false, false]);
  for (let success = 0; success < 1000; success += 1) budget.succeeded();
  expect(taken()).toEqual([true, true, false]);
});
