import type { Invitation } from '@private-lending/client';

/** How long an amount must be shown before a press is about it: people press what they have read. */
const SEEN_AFTER_MS = 1000;

/** The amount of an invitation as a page shows it. Times are epoch milliseconds. */
export interface ShownAmount {
  /** In major units. */
  readonly amount: number;
  readonly since: number;
  /** What the user had read before it; undefined until it changes. */
  readonly before?: number;
  /** Of the round: a new one is another invitation. */
  readonly invitedAt: string;
}

type Shown = Pick<Invitation, 'contribution_amount' | 'invited_at'>;

/** @returns `last` where the amount is the same */
export function nextShownAmount(
  last: ShownAmount | undefined,
  { contribution_amount: amount, invited_at: invitedAt }: Shown,
  now: number,
): ShownAmount {
  if (last?.invitedAt !== invitedAt) return { amount, since: now, invitedAt };
  return last.amount === amount ? last : { amount, since: now, before: seenAmount(last, now), invitedAt };
}

/** The amount that a press at a time is about: one that has just changed was not read yet. */
export function seenAmount({ amount, since, before }: ShownAmount, at: number): number {
  return before !== undefined && at - since < SEEN_AFTER_MS ? before : amount;
}
