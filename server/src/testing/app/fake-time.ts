import { afterEach, beforeEach, vi } from 'vitest';

/**
 * Lets the machine's own clock stand still in the tests of a file or a `describe`, for libraries that look at it;
 * `vi.advanceTimersByTime` moves it on. What waits for the disk, the network or a worker goes on all the same.
 */
export function frozenTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());
}
