import type { Event } from '@private-lending/client';
import type { History } from './read-history.ts';

/** Events that are kept until the history is read again, which is soon. */
const RECEIVED_MAX = 1000;

/** @returns the last events that came while the page is open, in the order in which they came */
export function keepReceived(before: readonly Event[], events: readonly Event[]): readonly Event[] {
  return [...before, ...events].slice(-RECEIVED_MAX);
}

/** Adds what came since the history was read, so that it is not behind the rest of the page. A history with a gap stays as it is. */
export function withReceived(history: History | undefined, received: readonly Event[]): History | undefined {
  if (!history?.isComplete || received.length === 0) return history;
  const known = new Set(history.events.slice(-2 * RECEIVED_MAX).map(({ event_id: id }) => id));
  const added = received.filter(({ event_id: id }) => !known.has(id));
  return added.length === 0 ? history : { ...history, events: [...history.events, ...added] };
}
