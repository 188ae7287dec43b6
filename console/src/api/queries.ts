import type { Invitation, Loan } from '@private-lending/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lending } from './clients.ts';
import { newestLoan } from './newest-loan.ts';
import { useRetriedQuery } from './retried-query.ts';

/** Keys of what was read. All keys of one loan begin with `['loan', id]`. */
export const keys = {
  myLoans: ['loans', 'borrower'] as const,
  invitations: ['invitations'] as const,
  loan: (loanId: string) => ['loan', loanId] as const,
  lenders: (loanId: string) => ['loan', loanId, 'lenders'] as const,
  mails: (loanId: string) => ['loan', loanId, 'mails'] as const,
  events: (loanId: string) => ['loan', loanId, 'events'] as const,
  history: (loanId: string) => ['loan', loanId, 'events', 'history'] as const,
};

/** The most that the API lists at once. */
export const PAGE_SIZE = 100;
/** Lists that no feed reports on are read again so often, while the page is visible. */
export const REFRESH_MS = 30_000;

/** The loans of which the user is the borrower, newest first. */
export function useMyLoans() {
  return useInfiniteQuery({
    queryKey: keys.myLoans,
    queryFn: async ({ pageParam, signal }) =>
      await lending.listLoans({ role: 'borrower', limit: PAGE_SIZE, ...pageParam }, { signal }),
    initialPageParam: {} as PageParam,
    getNextPageParam: nextPage,
    refetchInterval: REFRESH_MS,
    select: ({ pages }): readonly Loan[] => pages.flatMap(({ loans }) => loans),
  });
}

/** The invitations that the user has received, newest first. */
export function useInvitations() {
  return useInfiniteQuery({
    queryKey: keys.invitations,
    queryFn: async ({ pageParam, signal }) => await lending.listInvitations({ limit: PAGE_SIZE, ...pageParam }, { signal }),
    initialPageParam: {} as PageParam,
    getNextPageParam: nextPage,
    refetchInterval: REFRESH_MS,
    select: ({ pages }): readonly Invitation[] => pages.flatMap(({ invitations }) => invitations),
  });
}

export function useLoan(loanId: string) {
  return useRetriedQuery({
    queryKey: keys.loan(loanId),
    queryFn: async ({ signal, client }) => {
      const { loan, mails_on_their_way: mails } = await lending.readLoan(loanId, { signal });
      client.setQueryData(keys.mails(loanId), mails);
      return loan;
    },
    structuralSharing: newestLoan,
  });
}

/** Mails about invitations to the borrower's loan that have not left yet. Read with the loan, and again as time passes. */
export function useMailsOnTheirWay(loanId: string): number {
  const { data = 0 } = useQuery({
    queryKey: keys.mails(loanId),
    queryFn: async ({ signal }) => (await lending.readLoan(loanId, { signal })).mails_on_their_way ?? 0,
    refetchInterval: REFRESH_MS,
    staleTime: REFRESH_MS,
  });
  return data;
}

export interface PageParam {
  readonly cursor?: string;
}

/** The page after one that the API has listed. */
export function nextPage({ next_cursor: cursor }: { readonly next_cursor: string | null }): PageParam | undefined {
  return cursor === null ? undefined : { cursor };
}
