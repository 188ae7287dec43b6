import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Admission, RateState } from '../usecases/admit.ts';

/** A window of two seconds holds a burst of twice the rate, and no more than the rate in the long run. */
const WINDOW_SECONDS = 2;

/**
 * How many requests each user or address has left, counted in this process.
 * @param perSecond 0 for no limit
 */
export function requestRate(perSecond: number): Admission['spend'] {
  if (perSecond === 0) return async () => undefined;
  const quota = perSecond * WINDOW_SECONDS;
  const limiter = new RateLimiterMemory({ points: quota, duration: WINDOW_SECONDS });

  return async (who) => {
    const spent = await limiter.consume(who).catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    const state: RateState = {
      quota,
      windowSeconds: WINDOW_SECONDS,
      remaining: Math.max(0, spent.remainingPoints),
      resetSeconds: Math.max(1, Math.ceil(spent.msBeforeNext / 1000)),
      exceeded: spent.consumedPoints > quota,
    };
    return state;
  };
}
