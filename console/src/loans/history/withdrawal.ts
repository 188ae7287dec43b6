import type { Event } from '@private-lending/client';

/**
 * Whether a lender who had accepted declined by this event.
 * @param events of the loan, oldest first; without the earlier ones of the lender, a withdrawal counts as a decline
 */
export function isWithdrawal({ event_id: id, type, data }: Event, events: readonly Event[]): boolean {
  if (type !== 'lender.declined') return false;
  const position = events.findLastIndex(({ event_id }) => event_id === id);
  const before = position < 0 ? events : events.slice(0, position);
  const last = before.findLast((event) => event.data.lender?.lender_id === data.lender?.lender_id);
  return last?.type === 'lender.accepted';
}
