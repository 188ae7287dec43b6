/** A clock period in UTC. */
export type Period = 'day' | 'hour';

/** The period of a counter that does not start again at 0: of what exists at present. */
export const NO_PERIOD = '';

/**
 * How often something was done in the current period. One item serves all periods: in a new one it starts again at 0.
 */
export interface UsageCounter {
  /** The beginning of an RFC 3339 time: `2026-03-01T09` or `2026-03-01`; or `NO_PERIOD`. */
  readonly period: string;
  readonly count: number;
}

const PERIODS = {
  day: { ms: 86_400_000, length: 'YYYY-MM-DD'.length },
  hour: { ms: 3_600_000, length: 'YYYY-MM-DDTHH'.length },
} as const;

/** The name of the period in which a time is. @param time epoch milliseconds */
export function periodAt(period: Period, time: number): string {
  return new Date(time).toISOString().slice(0, PERIODS[period].length);
}

/** When the next period begins. @param time epoch milliseconds */
export function periodEndAfter(period: Period, time: number): number {
  const { ms } = PERIODS[period];
  return (Math.floor(time / ms) + 1) * ms;
}

/** @param period as `periodAt` names it */
export function usedIn(period: string, counter: UsageCounter | undefined): number {
  return counter?.period === period ? counter.count : 0;
}
