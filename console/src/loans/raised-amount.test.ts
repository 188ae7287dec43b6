import { expect, it } from 'vitest';
import { isClosedBelow, raisedAmountOf } from './raised-amount.ts';

it.each([
  ['open', 1500, 12_000, false],
  ['cancelled', 0, 12_000, false],
  ['funded', 12_000, 12_000, false],
  ['funded', 1500, 1500, true],
] as const)('takes an amount from a loan that is %s with %d accepted', (status, accepted, amount, isBelow) => {
  const loan = { status, amount: 12_000, total_accepted: accepted };
  expect(raisedAmountOf(loan)).toBe(amount);
  expect(isClosedBelow(loan)).toBe(isBelow);
});
