import type { QueryClient } from '@tanstack/react-query';

export const ME_KEY = ['me'] as const;

interface Me {
  readonly user: { readonly user_id: string } | null;
}

/** Removes all that was read but who is signed in. */
export function forgetData(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME_KEY[0] });
}

/** From now on forgets what was read for a user as soon as another one, or nobody, is signed in: tabs share a session. */
export function forgetLastUsers(queries: QueryClient): void {
  let last: string | undefined;
  queries.getQueryCache().subscribe(({ query: { queryKey }, type }) => {
    const me = queryKey[0] === ME_KEY[0] && type === 'updated' ? queries.getQueryData<Me>(ME_KEY) : undefined;
    if (me === undefined || me.user?.user_id === last) return;
    const hadUser = last !== undefined;
    last = me.user?.user_id;
    if (hadUser) forgetData(queries);
  });
}
