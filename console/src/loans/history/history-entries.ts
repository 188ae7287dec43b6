import type { Event } from '@private-lending/client';

/** Events of one kind in one change of the loan, such as 20 invitations that were sent together. */
export interface HistoryEntry {
  readonly id: string;
  readonly type: Event['type'];
  readonly at: string;
  readonly actor: Event['actor'];
  /** Not empty. */
  readonly events: readonly Event[];
}

/** @param events in the order in which they happened @returns the newest first */
export function toHistoryEntries(events: readonly Event[]): readonly HistoryEntry[] {
  const entries: { id: string; type: Event['type']; at: string; actor: Event['actor']; events: Event[] }[] = [];
  for (const event of events) {
    const last = entries.at(-1);
    const isSameChange = last?.events[0]?.data.loan.version === event.data.loan.version && last.type === event.type;
    if (isSameChange) last.events.push(event);
    else entries.push({ id: event.event_id, type: event.type, at: event.at, actor: event.actor, events: [event] });
  }
  return entries.reverse();
}
