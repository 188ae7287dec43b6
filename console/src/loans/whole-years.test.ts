import { expect, it } from 'vitest';
import { wholeYearsOf } from './whole-years.ts';

it('counts two or more whole years, and nothing else', () => {
  expect([1, 12, 18, 24, 35, 36, 480].map(wholeYearsOf)).toEqual([undefined, undefined, undefined, 2, undefined, 3, 40]);
});
