/**
 * How often something was done in the current period, an hour or a day in UTC. One item serves all periods: in a new one it
 * starts again at 0.
 */
export interface UsageCounter {
  /** The beginning of an RFC 3339 time: `2026-03-01T09` or `2026-03-01`. */
  readonly period: string;
  readonly count: number;
}

/** @param time epoch milliseconds */
export function hourOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DDTHH'.length);
}

export function usedIn(period: string, counter: UsageCounter | undefined): number {
  return counter?.period === period ? counter.count : 0;
}
