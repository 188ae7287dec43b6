import { describe, expect, it } from 'vitest';
import { nextEventTime } from './event-batch.ts';

describe('nextEventTime', () => {
  it('is the present time, or that of the loan’s latest event if it is later', () => {
    expect(nextEventTime(undefined, 5)).toBe(5);
    expect(nextEventTime({ createdAt: 1, changedAt: 4 }, 5)).toBe(5);
    expect(nextEventTime({ createdAt: 1, changedAt: 9 }, 5)).toBe(9);
  });

  it('is not before the creation of a loan without the time of its latest event', () => {
    expect(nextEventTime({ createdAt: 9 }, 5)).toBe(9);
  });
});
