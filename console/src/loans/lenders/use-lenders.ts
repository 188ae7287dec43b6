import type { Lender, Loan } from '@private-lending/client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { lending } from '../../api/clients.ts';
import { keys, PAGE_SIZE } from '../../api/queries.ts';
import { retryUntilRead, whileRetried } from '../../api/retried-query.ts';
import { type LenderStatus, mergeLenders } from './merge-lenders.ts';

interface LendersOptions {
  readonly loan: Pick<Loan, 'loan_id' | 'status'>;
  /** Undefined for all. */
  readonly status: LenderStatus | undefined;
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
  readonly isEnabled: boolean;
  /** Whether to read all pages at once, up to `ARRANGED_MAX` rows. */
  readonly isEager: boolean;
}

/** More lenders are neither read at once nor sorted and searched in the page. */
export const ARRANGED_MAX = 500;

/** A loan's lenders, page by page, kept up to date by `changes` and never read again while the page is open. */
export function useLenders({ loan, status, changes, isEnabled, isEager }: LendersOptions) {
  const queries = useQueryClient();
  const queryKey = [...keys.lenders(loan.loan_id), status ?? 'all'];
  const { retry, retryDelay } = retryUntilRead(queries, queryKey);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam, signal }) =>
      await lending.listLenders(
        loan.loan_id,
        { limit: PAGE_SIZE, ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled: isEnabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0, // pages that are read again later must not all be read at once
    retry,
    retryDelay,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const { error, refetch } = whileRetried(queries, queryKey, query);
  const count = data?.pages.reduce((sum, page) => sum + page.lenders.length, 0) ?? 0;
  const readsOn = isEager && hasNextPage && count < ARRANGED_MAX && !isFetching && error === null;
  useEffect(() => {
    if (readsOn) void fetchNextPage();
  }, [readsOn, fetchNextPage]);
  const lenders = useMemo(() => {
    const rows = data?.pages.flatMap((page) => page.lenders);
    const isComplete = !hasNextPage;
    return rows && mergeLenders(rows, { changes, status, isComplete, loanStatus: loan.status, now: Date.now() });
  }, [data, hasNextPage, changes, status, loan.status]);
  return { ...query, error, refetch, lenders, pageCount: data?.pages.length ?? 0 };
}
