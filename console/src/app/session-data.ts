import type { QueryClient } from '@tanstack/react-query';

export const ME_KEY = ['me'] as const;

interface Me {
  readonly user: { readonly user_id: string } | null;
}

/** Removes all that was read but who is signed in. */
export function forgetData(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME_KEY[0] });
}

/** Forgets what was read for the last user where another one, or nobody, is signed in now: tabs share a session. */
export function forgetLastUser(queries: QueryClient, me: Me): void {
  const last = queries.getQueryData<Me>(ME_KEY)?.user;
  if (last && last.user_id !== me.user?.user_id) forgetData(queries);
}
