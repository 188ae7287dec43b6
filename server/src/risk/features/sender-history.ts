import type { RecentInvitation, RiskBatch } from './risk-batch.ts';

/** What became of an invitation. A user who withdraws an acceptance declines. */
export type RiskOutcome = 'accepted' | 'declined' | 'optedOut' | 'bounced';

/** What is stored of a sender, before a batch. It has a bounded size. */
export interface SenderHistory {
  /** Epoch milliseconds of the sender's first loan or batch. */
  readonly firstSeenAt: number;
  readonly batches: number;
  readonly invited: number;
  readonly accepted: number;
  readonly declined: number;
  readonly optedOut: number;
  readonly bounced: number;
  /** Days since the epoch, UTC, of the latest batch; -1 before the first one. */
  readonly day: number;
  /** Invitations on `day` and on the day before it. */
  readonly invitedOnDay: number;
  readonly invitedDayBefore: number;
  /** Newest first, at most `WINDOW_MAX` of the last `WINDOW_DAYS`. */
  readonly recent: readonly RecentInvitation[];
}

/** Invitations that a batch is judged by: its own and, as far as there is room, earlier ones. */
export const WINDOW_MAX = 100;
const WINDOW_DAYS = 7;

export const DAY_MS = 86_400_000;
export const WINDOW_MS = WINDOW_DAYS * DAY_MS;

/** @param firstSeenAt epoch milliseconds */
export function newSender(firstSeenAt: number): SenderHistory {
  return {
    firstSeenAt,
    batches: 0,
    invited: 0,
    accepted: 0,
    declined: 0,
    optedOut: 0,
    bounced: 0,
    day: -1,
    invitedOnDay: 0,
    invitedDayBefore: 0,
    recent: [],
  };
}

/** Adds a batch. A batch that comes twice is the caller's to detect. */
export function recordBatch(history: SenderHistory, { at, invitations }: RiskBatch): SenderHistory {
  const count = invitations.length;
  const added = invitations.map((invitation) => ({ ...invitation, at })).reverse();
  return {
    ...history,
    batches: history.batches + 1,
    invited: history.invited + count,
    ...daysAfter(history, at, count),
    recent: recentAt([...added, ...history.recent], at),
  };
}

export function recordOutcome(history: SenderHistory, outcome: RiskOutcome): SenderHistory {
  return { ...history, [outcome]: history[outcome] + 1 };
}

/** Invitations of the last 24 hours, as a sliding window over UTC days estimates them. */
export function invitedLastDay(history: SenderHistory, now: number): number {
  const { invitedOnDay, invitedDayBefore } = daysAfter(history, now, 0);
  return invitedOnDay + invitedDayBefore * (1 - (now % DAY_MS) / DAY_MS);
}

/** Invitations from before the last UTC midnight but one: most of those that are ever answered have been by now. */
export function settledInvitations(history: SenderHistory, now: number): number {
  const { invitedOnDay, invitedDayBefore } = daysAfter(history, now, 0);
  return history.invited - invitedOnDay - invitedDayBefore;
}

/** The invitations of `recent` that are new enough at a time. */
export function recentAt(recent: readonly RecentInvitation[], now: number): readonly RecentInvitation[] {
  return recent.filter(({ at }) => at > now - WINDOW_MS).slice(0, WINDOW_MAX);
}

/** A clock that was set back counts to the latest day. */
function daysAfter(history: SenderHistory, now: number, count: number) {
  const day = Math.max(Math.floor(now / DAY_MS), history.day);
  const onDay = history.day === day ? history.invitedOnDay : 0;
  const isNextDay = history.day === day - 1;
  const dayBefore = history.day === day ? history.invitedDayBefore : isNextDay ? history.invitedOnDay : 0;
  return { day, invitedOnDay: onDay + count, invitedDayBefore: dayBefore };
}
