import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';
import { EVENTS_AT_ONCE, type History, NO_HISTORY, readOn } from './read-history.ts';

const PAGE_SIZE = 100;

/** The events of a loan. When it is read again, it continues after the last event that it has. */
export function useHistory(loanId: string) {
  const queries = useQueryClient();
  const key = [...keys.events(loanId), 'history'];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      await readOn(queries.getQueryData<History>(key) ?? NO_HISTORY, (after) =>
        lending.readEvents(loanId, { limit: PAGE_SIZE, ...(after !== undefined && { after }) }, { signal }),
      ),
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
