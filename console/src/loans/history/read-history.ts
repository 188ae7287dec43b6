import type { Event } from '@private-lending/client';

/** Events that are read at once, before the user asks for more: the API lists them from the first, and the page shows the last first. */
export const EVENTS_AT_ONCE = 1000;

export interface History {
  /** In the order in which they happened. */
  readonly events: readonly Event[];
  readonly cursor: string | undefined;
  /** Whether all events up to now are read. */
  readonly isComplete: boolean;
  /** Events to read, more or less. */
  readonly target: number;
}

export const NO_HISTORY: History = { events: [], cursor: undefined, isComplete: false, target: EVENTS_AT_ONCE };

interface Page {
  readonly events: readonly Event[];
  readonly next_cursor: string;
}

/**
 * Reads the events after those that are known.
 * @param readPage reads the page after a cursor, from the start without one
 */
export async function readOn(known: History, readPage: (after: string | undefined) => PromiseLike<Page>): Promise<History> {
  // What is new in a history that was complete is read at once.
  const target = known.isComplete ? known.events.length + EVENTS_AT_ONCE : known.target;
  const events = [...known.events];
  let { cursor } = known;
  while (events.length < target) {
    const page = await readPage(cursor);
    events.push(...page.events);
    const isEnd = page.next_cursor === cursor;
    cursor = page.next_cursor;
    if (isEnd) return { events, cursor, isComplete: true, target };
  }
  return { events, cursor, isComplete: false, target };
}

/** A loan's first event has the id of its request only for who made it: its borrower. */
export function isBorrowerOf({ events: [first] }: Pick<History, 'events'>): boolean {
  return first?.type === 'loan.created' && first.request_id !== undefined;
}
