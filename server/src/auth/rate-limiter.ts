import { LRUCache } from 'lru-cache';
import type { Authenticator } from '../execution/authenticate.ts';

/** The size of a burst, in seconds of the rate; also the window in the RateLimit headers. */
const BURST_SECONDS = 2;
/** Beyond this many, the least recently used is forgotten, and starts again with a full burst. */
const CLIENTS_MAX = 100_000;

interface Bucket {
  readonly tokens: number;
  /** Epoch milliseconds of the last request. */
  readonly updatedAt: number;
}

/**
 * A token bucket for each user or address, in this process: it holds a burst of twice the rate and refills at the rate.
 * @param perSecond 0 for no limit
 * @param clock epoch milliseconds
 */
export function createRateLimiter(perSecond: number, clock: () => number): Authenticator['consume'] {
  if (perSecond === 0) return async () => undefined;
  const quota = perSecond * BURST_SECONDS;
  const buckets = new LRUCache<string, Bucket>({ max: CLIENTS_MAX });

  return async (client) => {
    const now = clock();
    const { tokens, updatedAt } = buckets.get(client) ?? { tokens: quota, updatedAt: now };
    const refilled = Math.min(quota, tokens + ((now - updatedAt) / 1000) * perSecond);
    const exceeded = refilled < 1;
    const remaining = exceeded ? refilled : refilled - 1;
    buckets.set(client, { tokens: remaining, updatedAt: now });
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
