import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';

/** Queries are read again at most so often, however many events come. */
const REFRESH_MS = 1000;

const scheduled = new Set<string>();

/** Reads queries again soon. A read that is under way is not restarted: while events come, it would never end. */
export function refreshSoon(queries: QueryClient, queryKey: QueryKey): void {
  const name = hashKey(queryKey);
  if (scheduled.has(name)) return;
  scheduled.add(name);
  setTimeout(() => {
    scheduled.delete(name);
    if (queries.isFetching({ queryKey }) > 0) refreshSoon(queries, queryKey);
    else void queries.invalidateQueries({ queryKey });
  }, REFRESH_MS);
}
