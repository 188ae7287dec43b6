import { type SignedInUser, UnauthorizedError } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { auth } from '../api/clients.ts';
import { useRetriedQuery } from '../api/retried-query.ts';
import { forgetData, ME_KEY } from './session-data.ts';

/** Who is signed in, and how people sign in to this server. */
export function useMe() {
  return useRetriedQuery({ queryKey: ME_KEY, queryFn: ({ signal }) => auth.me({ signal }), staleTime: 60_000 });
}

/** Forgets what was read for the last user, and reads who is signed in now. */
export function useRefreshSession(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    // Pages of the last user end first. They would read again what is forgotten.
    queries.setQueryData<Awaited<ReturnType<typeof auth.me>>>(ME_KEY, (me) => me && { ...me, user: null });
    forgetData(queries);
    await queries.invalidateQueries({ queryKey: ME_KEY });
  }, [queries]);
}

export type User = SignedInUser;

/** What tells users which account they are in. An issuer may not have verified the address. */
export function addressOf(user: User): string {
  if (user.email !== null) return user.email;
  return user.name ?? user.user_id;
}

/** Whether a call failed as its session has ended. Reading who is signed in then leads to the sign-in page. */
export function hasSessionEnded(error: unknown): boolean {
  return error instanceof UnauthorizedError;
}
