export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Exponential backoff in milliseconds: doubles with each failure, up to `maxMs`. @param failures so far, from 1 */
export function backoffMs(failures: number, { minMs, maxMs }: BackoffLimits): number {
  return Math.min(minMs * 2 ** (failures - 1), maxMs);
}

/**
 * The same with jitter: half of it is random, so that what failed together is not retried together.
 * @param random from 0 up to 1
 */
export function jitteredBackoffMs(failures: number, limits: BackoffLimits, random: () => number): number {
  return Math.round(backoffMs(failures, limits) * (0.5 + random() / 2));
}
