import { describe, expect, it, vi } from 'vitest';
import { frozenTime } from '../testing/app/fake-time.ts';
import { setLongTimeout } from './long-timeout.ts';

const DAY_MS = 86_400_000;

frozenTime();

describe('setLongTimeout', () => {
  it.each([0, 1, 1000, 24 * DAY_MS, 400 * DAY_MS])('fires after %i ms and not before', (ms) => {
    const callback = vi.fn();
    setLongTimeout(ms, callback);
    vi.advanceTimersByTime(Math.max(0, ms - 1));
    expect(callback).toHaveBeenCalledTimes(ms === 0 ? 1 : 0);
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('fires at once for a time in the past', () => {
    const callback = vi.fn();
    setLongTimeout(-5, callback);
    vi.advanceTimersByTime(0);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it.each([1000, 400 * DAY_MS])('does not fire after it was cancelled, of %i ms', (ms) => {
    const callback = vi.fn();
    const cancel = setLongTimeout(ms, callback);
    vi.advanceTimersByTime(ms / 2);
    cancel();
    vi.advanceTimersByTime(ms * 2);
    expect(callback).not.toHaveBeenCalled();
  });
});
