import { LendingError } from '@private-lending/client';
import { type QueryClient, type QueryKey, type UseQueryOptions, useQuery, useQueryClient } from '@tanstack/react-query';

/** Between attempts of the API's client, which retries by itself before it fails. */
const RETRY_MS = 5000;

type Options<Data> = Pick<UseQueryOptions<Data>, 'queryFn' | 'queryKey' | 'staleTime' | 'structuralSharing'>;

/**
 * Reads what a page needs, again and again until that succeeds: the network or the server is back some time.
 * @returns the query, with the error of the last attempt while others follow
 */
export function useRetriedQuery<Data>(options: Options<Data>) {
  const queries = useQueryClient();
  const { queryKey } = options;
  const query = useQuery({ ...options, ...retryUntilRead(queries, queryKey), refetchInterval: repeatsFailed });
  return { ...query, ...whileRetried(queries, queryKey, query) };
}

interface RetriedQuery<Result> {
  readonly error: Error | null;
  readonly failureReason: Error | null;
  readonly refetch: () => Promise<Result>;
}

/** What a query with `retryUntilRead` returns in place of its own `error` and `refetch`. */
export function whileRetried<Result>(queries: QueryClient, queryKey: QueryKey, query: RetriedQuery<Result>) {
  return {
    error: query.error ?? query.failureReason,
    /** A query that waits for its next attempt ignores a refetch. */
    async refetch(): Promise<Result> {
      await queries.cancelQueries({ queryKey, exact: true });
      return await query.refetch();
    },
  };
}

/** Options of a query that is read until there is something to show. */
export function retryUntilRead(queries: QueryClient, queryKey: QueryKey) {
  return {
    retry: (_failures: number, error: Error) => isRetryable(error) && queries.getQueryData(queryKey) === undefined,
    retryDelay: (_failures: number, error: Error) => delayAfter(error),
  };
}

/**
 * Of a query that has something to show, and could not be read again.
 * @internal exported for tests
 */
export function repeatsFailed({ state: { data, error } }: { readonly state: FailedState }): number | false {
  return data !== undefined && isRetryable(error) ? delayAfter(error) : false;
}

interface FailedState {
  readonly data: unknown;
  readonly error: Error | null;
}

function isRetryable(error: Error | null): error is LendingError {
  return error instanceof LendingError && error.retryable;
}

function delayAfter(error: Error): number {
  const seconds = error instanceof LendingError ? (error.retryAfter ?? 0) : 0;
  return Math.max(RETRY_MS, seconds * 1000);
}
