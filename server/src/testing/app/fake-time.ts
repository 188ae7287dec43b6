import { afterEach, beforeEach, vi } from 'vitest';

/** Freezes the system clock and timeouts in the tests of a file or `describe`; `vi.advanceTimersByTime` moves them. */
export function frozenTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());
}
