/** Whether `at` is less than `ms` ago, in epoch milliseconds. False also for a time in the future, as the clock may be set back. */
export function isWithin(ms: number, at: number, now: number): boolean {
  return at <= now && now < at + ms;
}
