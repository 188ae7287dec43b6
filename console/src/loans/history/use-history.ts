import type { Event } from '@private-lending/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';

const PAGE_SIZE = 100;
/** Events that are read at once, before the user asks for more: the API lists them from the first, and the page shows the last first. */
const EVENTS_AT_ONCE = 1000;

interface History {
  /** In the order in which they happened. */
  readonly events: readonly Event[];
  readonly cursor: string | undefined;
  /** Whether all events up to now are read. */
  readonly isComplete: boolean;
  /** Events to read, more or less. */
  readonly target: number;
}

const NONE: History = { events: [], cursor: undefined, isComplete: false, target: EVENTS_AT_ONCE };

/** The events of a loan. When it is read again, it continues after the last event that it has. */
export function useHistory(loanId: string) {
  const queries = useQueryClient();
  const key = [...keys.events(loanId), 'history'];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => await readOn(loanId, queries.getQueryData<History>(key) ?? NONE, signal),
  });
  const { refetch } = query;
  const readMore = useCallback(async () => {
    queries.setQueryData<History>([...keys.events(loanId), 'history'], (history) =>
      history ? { ...history, target: history.events.length + EVENTS_AT_ONCE } : history,
    );
    await refetch();
  }, [queries, loanId, refetch]);
  return { ...query, readMore };
}

async function readOn(loanId: string, known: History, signal: AbortSignal): Promise<History> {
  // What is new in a history that was complete is read at once.
  const target = known.isComplete ? known.events.length + EVENTS_AT_ONCE : known.target;
  const events = [...known.events];
  let { cursor } = known;
  while (events.length < target) {
    const query = { limit: PAGE_SIZE, ...(cursor !== undefined && { after: cursor }) };
    const page = await lending.readEvents(loanId, query, { signal });
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
