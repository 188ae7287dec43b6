import type { ReactNode } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { type User, useMe } from './session.tsx';

/** Shows a page to those who are signed in. Others are sent to the sign-in page, and come back here after it. */
export function RequireUser({ children }: { readonly children: (user: User) => ReactNode }) {
  const { data: me, error, refetch } = useMe();
  const [path] = useLocation();
  const search = useSearch();
  if (me?.user) return children(me.user);
  if (me)
    return <Redirect to={`/app/sign-in?return_to=${encodeURIComponent(search === '' ? path : `${path}?${search}`)}`} replace />;
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <Skeleton lines={6} />;
}
