import type { Lender } from '@private-lending/client';

const DAY_MS = 86_400_000;

/**
 * A mailbox gets at most one e-mail a day, by UTC, about a loan. What comes later that day is sent on the next.
 * @returns when the next one can be sent, epoch milliseconds; undefined where none is known to be of today
 */
export function nextMailAt({ invited_at: invitedAt }: Pick<Lender, 'invited_at'>, now: number): number | undefined {
  const day = new Date(now).toISOString().slice(0, 10);
  return invitedAt.startsWith(day) ? Date.parse(day) + DAY_MS : undefined;
}
