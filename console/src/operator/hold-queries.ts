import { ConflictError, type Hold, type HoldWithLenders } from '@private-lending/client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { lending } from '../api/clients.ts';
import { nextPage, type PageParam, REFRESH_MS } from '../api/queries.ts';
import { useRetriedQuery } from '../api/retried-query.ts';
import { useAction } from '../app/use-action.ts';

export type HoldStatus = Hold['status'];
export type Decision = 'rejected' | 'released';

/** All keys of holds begin with it. */
const HOLDS = 'holds';
const listKey = (status: HoldStatus | undefined) => [HOLDS, 'list', status ?? 'undecided'] as const;
const holdKey = (holdId: string) => [HOLDS, 'hold', holdId] as const;

const PAGE_SIZE = 25;

/** Holds, newest first. Other operators decide too, so they are read again when the page is looked at. @param status undefined for undecided ones */
export function useHolds(status: HoldStatus | undefined) {
  return useInfiniteQuery({
    queryKey: listKey(status),
    queryFn: async ({ pageParam, signal }) =>
      await lending.listHolds({ limit: PAGE_SIZE, ...(status && { status }), ...pageParam }, { signal }),
    initialPageParam: {} as PageParam,
    getNextPageParam: nextPage,
    refetchInterval: REFRESH_MS,
    refetchOnWindowFocus: 'always',
    select: ({ pages }): readonly Hold[] => pages.flatMap(({ holds }) => holds),
  });
}

export function useHold(holdId: string) {
  return useRetriedQuery({
    queryKey: holdKey(holdId),
    queryFn: async ({ signal }) => (await lending.readHold(holdId, { signal })).hold,
    staleTime: 0, // another operator may have decided
  });
}

/** Releases or rejects a hold. After a conflict, the hold is read again: it shows the decision of somebody else. */
export function useDecide(holdId: string, onDecided: (decision: Decision) => void) {
  const queries = useQueryClient();
  const [idempotencyKeys] = useState(() => ({ released: crypto.randomUUID(), rejected: crypto.randomUUID() }));
  return useAction({
    mutationFn: async (decision: Decision) => {
      const options = { idempotencyKey: idempotencyKeys[decision] };
      return decision === 'released' ? await lending.releaseHold(holdId, options) : await lending.rejectHold(holdId, options);
    },
    onSuccess: ({ hold }, decision) => {
      queries.setQueryData<HoldWithLenders>(holdKey(holdId), (known) => known && { ...known, ...hold });
      void queries.invalidateQueries({ queryKey: [HOLDS, 'list'] });
      onDecided(decision);
    },
    onError: (error) => {
      if (isDecidedOtherwise(error)) void queries.invalidateQueries({ queryKey: [HOLDS] });
    },
  });
}

/** Whether another operator was first. */
export function isDecidedOtherwise(error: unknown): boolean {
  return error instanceof ConflictError;
}
