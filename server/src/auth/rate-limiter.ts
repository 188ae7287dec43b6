import { LRUCache } from 'lru-cache';
import type { UserId } from '../domain/ids.ts';
import type { Authenticator, ClientAddress, RateState } from '../execution/authenticate.ts';

/** The size of a burst, in seconds of the rate; also the window in the RateLimit headers. */
const BURST_SECONDS = 2;
/** Buckets that are remembered of each kind. A forgotten one starts again with a full burst. */
const BUCKETS_MAX = 100_000;

interface Bucket {
  readonly tokens: number;
  /** Epoch milliseconds of the last request. */
  readonly updatedAt: number;
}

type Client = ClientAddress | UserId;

/**
 * A token bucket for each user or address, in this process: it holds a burst of twice the rate and refills at the rate.
 * @param perSecond 0 for no limit
 * @param clock epoch milliseconds
 */
export function createRateLimiter(perSecond: number, clock: () => number, bucketsMax?: number): Authenticator['consume'] {
  if (perSecond === 0) return async () => undefined;
  const consume = createTokenBuckets(perSecond, clock, bucketsMax);
  return async (client) => consume(client);
}

/** The same at once, for what can't wait. @param perSecond above 0 @param clock milliseconds since any moment */
export function createTokenBuckets(
  perSecond: number,
  clock: () => number,
  bucketsMax = BUCKETS_MAX,
): (client: Client) => RateState {
  const quota = perSecond * BURST_SECONDS;
  const buckets = new Buckets(quota / 2, bucketsMax);

  return (client) => {
    const now = clock();
    const { tokens, updatedAt } = buckets.get(client) ?? { tokens: quota, updatedAt: now };
    const elapsedMs = Math.max(0, now - updatedAt); // the clock may be set back
    const refilled = Math.min(quota, tokens + (elapsedMs / 1000) * perSecond);
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

/**
 * The buckets used last. Spent ones are kept apart: any number of clients with a request each does not evict them, it takes
 * as many as are kept who all spend half of their burst within the seconds in which a bucket refills.
 */
class Buckets {
  readonly #spent: LRUCache<Client, Bucket>;
  readonly #others: LRUCache<Client, Bucket>;
  readonly #spentBelow: number;

  constructor(spentBelow: number, max: number) {
    this.#spentBelow = spentBelow;
    // By size: with `max`, each cache would fill arrays of that length at once, at the start of every command.
    const limit = { maxSize: max, sizeCalculation: () => 1 };
    this.#spent = new LRUCache(limit);
    this.#others = new LRUCache(limit);
  }

  get(client: Client): Bucket | undefined {
    return this.#spent.get(client) ?? this.#others.get(client);
  }

  set(client: Client, bucket: Bucket): void {
    const isSpent = bucket.tokens < this.#spentBelow;
    (isSpent ? this.#spent : this.#others).set(client, bucket);
    (isSpent ? this.#others : this.#spent).delete(client);
  }
}
