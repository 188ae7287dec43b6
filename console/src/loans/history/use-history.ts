import { useQueryClient } from '@tanstack/react-query';
import { lending } from '../../api/clients.ts';
import { keys, PAGE_SIZE } from '../../api/queries.ts';
import { useRetriedQuery } from '../../api/retried-query.ts';
import { EVENTS_AT_ONCE, type History, NO_HISTORY, readOn } from './read-history.ts';

/** The events of a loan. When it is read again, it continues after the last event that it has. */
export function useHistory(loanId: string) {
  const queries = useQueryClient();
  const queryKey = keys.history(loanId);
  const query = useRetriedQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      await readOn(queries.getQueryData<History>(queryKey) ?? NO_HISTORY, (after) =>
        lending.readEvents(loanId, { limit: PAGE_SIZE, ...(after !== undefined && { after }) }, { signal }),
      ),
  });
  const readMore = async () => {
    queries.setQueryData<History>(queryKey, (history) =>
      history ? { ...history, target: history.events.length + EVENTS_AT_ONCE } : history,
    );
    await query.refetch();
  };
  return { ...query, readMore };
}
