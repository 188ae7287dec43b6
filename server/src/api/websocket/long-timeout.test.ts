import { describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../../testing/app/fake-time.ts';
import { setLongTimeout } from './long-timeout.ts';

const DAY_MS = 86_400_000;

frozenTime();

describe('a timer', () => {
  it.each([0, 1, 1000, 24 * DAY_MS, 400 * DAY_MS])('of %i ms goes off then, and not before', (ms) => {
    const work = vi.fn();
    setLongTimeout(ms, work);
    vi.advanceTimersByTime(Math.max(0, ms - 1));
    expect(work).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('of the past goes off at once', () => {
    const work = vi.fn();
    setLongTimeout(-5, work);
    vi.advanceTimersByTime(0);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each([1000, 400 * DAY_MS])('of %i ms that is called off does not, at whatever time', (ms) => {
    const work = vi.fn();
    const callOff = setLongTimeout(ms, work);
    vi.advanceTimersByTime(ms / 2);
    callOff();
    vi.advanceTimersByTime(ms * 2);
    expect(work).not.toHaveBeenCalled();
  });
});
