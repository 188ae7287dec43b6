import { describe, expect, it } from 'vitest';
import { DailyAllowance } from './daily-allowance.ts';

const [DAY, NEXT] = ['2026-03-01', '2026-03-02'];

describe('DailyAllowance', () => {
  it('has nothing left on a day before a block is added, and not on the next day', () => {
    const allowance = new DailyAllowance(50_000);
    expect(allowance.leftOn(DAY)).toBe(0);
    allowance.add(DAY, 50);
    allowance.take(DAY, 8);
    expect([allowance.leftOn(DAY), allowance.leftOn(NEXT)]).toEqual([42, 0]);
    allowance.add(NEXT, 50);
    allowance.add(DAY, 8); // a claim of before midnight that failed
    expect([allowance.leftOn(DAY), allowance.leftOn(NEXT)]).toEqual([0, 50]);
  });

  it('takes a thousandth of the limit, or what a mailing needs, and never more than there is', () => {
    const allowance = new DailyAllowance(50_000);
    expect(allowance.blockAfter(0, 3)).toBe(50);
    expect(new DailyAllowance(1000).blockAfter(0, 25)).toBe(25);
    expect(allowance.blockAfter(49_990, 25)).toBe(10);
    expect(allowance.blockAfter(50_000, 25)).toBe(0);
    expect(allowance.blockAfter(60_000, 25)).toBe(0); // the operator has lowered the limit
  });

  it('is unlimited without a limit', () => {
    const allowance = new DailyAllowance(0);
    allowance.take(DAY, 25);
    expect(allowance.leftOn(DAY)).toBe(Number.POSITIVE_INFINITY);
  });
});
