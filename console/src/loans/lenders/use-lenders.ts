import type { Lender, Loan } from '@private-lending/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';
import { type LenderStatus, mergeLenders } from './merge-lenders.ts';

const PAGE_SIZE = 100;

interface LendersOptions {
  readonly loan: Pick<Loan, 'loan_id' | 'status'>;
  /** Undefined for all. */
  readonly status: LenderStatus | undefined;
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
}

/** A loan's lenders, page by page, kept up to date by `changes` and never read again while the page is open. */
export function useLenders({ loan, status, changes }: LendersOptions) {
  const query = useInfiniteQuery({
    queryKey: [...keys.lenders(loan.loan_id), status ?? 'all'],
    queryFn: async ({ pageParam, signal }) =>
      await lending.listLenders(
        loan.loan_id,
        { limit: PAGE_SIZE, ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0, // pages that are read again later must not all be read at once
  });
  const { data, hasNextPage } = query;
  const lenders = useMemo(() => {
    const rows = data?.pages.flatMap((page) => page.lenders);
    const isComplete = !hasNextPage;
    return rows && mergeLenders(rows, { changes, status, isComplete, loanStatus: loan.status, now: Date.now() });
  }, [data, hasNextPage, changes, status, loan.status]);
  return { ...query, lenders, pageCount: data?.pages.length ?? 0 };
}
