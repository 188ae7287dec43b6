/*
 * A handover is an attempt in which a mail's content was given to the mail server, or may have been. The server may have taken the
 * mail even where its response was an error or was lost, so the recipient may have got it each time.
 */

/** Handovers of one mail in any 24 hours. */
const HANDOVERS_PER_DAY_MAX = 3;
const DAY_MS = 86_400_000;
/** The pauses after the first and the second handover. They pass the usual greylisting. */
const PAUSES_MS = [600_000, 7_200_000];

/** @param times of handovers, epoch milliseconds, ascending @returns those that still count; none that a fast clock dated ahead */
export function recentHandovers(times: readonly number[], now: number): readonly number[] {
  return times.filter((time) => Math.abs(now - time) < DAY_MS);
}

/** When the limit allows the next handover, epoch milliseconds. */
export function nextHandoverAt(times: readonly number[], now: number): number {
  const first = recentHandovers(times, now).at(-HANDOVERS_PER_DAY_MAX);
  return first === undefined ? now : first + DAY_MS;
}

/** The time from the last handover to a retry, in milliseconds. */
export function pauseAfterHandover(times: readonly number[], now: number): number {
  return PAUSES_MS[recentHandovers(times, now).length - 1] ?? 0;
}
