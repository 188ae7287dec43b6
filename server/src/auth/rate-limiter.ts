import { LRUCache } from 'lru-cache';
import type { Authenticator } from '../execution/authenticate.ts';

/** A burst of so many seconds' requests: the window that the RateLimit headers tell of. */
const BURST_SECONDS = 2;
/** Of more clients at once than this, the one that was quiet the longest is forgotten, and starts with a full burst. */
const CLIENTS_MAX = 100_000;

/** Requests that a client had left at a moment. */
interface Bucket {
  readonly left: number;
  readonly at: number;
}

/**
 * How many requests each user or address has left, counted in this process: a bucket that holds a burst of twice the
 * rate and fills at the rate.
 * @param perSecond 0 for no limit
 * @param clock epoch milliseconds
 */
export function createRateLimiter(perSecond: number, clock: () => number): Authenticator['consume'] {
  if (perSecond === 0) return async () => undefined;
  const quota = perSecond * BURST_SECONDS;
  const buckets = new LRUCache<string, Bucket>({ max: CLIENTS_MAX });

  return async (who) => {
    const now = clock();
    const { left, at } = buckets.get(who) ?? { left: quota, at: now };
    const filled = Math.min(quota, left + ((now - at) / 1000) * perSecond);
    const exceeded = filled < 1;
    const remaining = exceeded ? filled : filled - 1;
    buckets.set(who, { left: remaining, at: now });
    const awaited = exceeded ? 1 : quota;
    return {
      quota,
      windowSeconds: BURST_SECONDS,
      remaining: Math.floor(remaining),
      resetSeconds: Math.max(1, Math.ceil((awaited - remaining) / perSecond)),
      exceeded,
    };
  };
}
