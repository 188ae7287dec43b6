import { Fragment, type ReactNode, useEffect } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { signInPath } from '../sign-in/return-to.ts';
import { type User, useMe } from './session.tsx';
import { rememberSignedIn, wasSignedIn } from './signed-in-tab.ts';

/** Shows a page to those who are signed in. Others are sent to the sign-in page, and come back here after it. */
export function RequireUser({ children }: { readonly children: (user: User) => ReactNode }) {
  const { data: me, error, refetch } = useMe();
  const [path] = useLocation();
  const search = useSearch();
  const isSignedIn = me?.user !== undefined && me.user !== null;
  useEffect(() => {
    if (isSignedIn) rememberSignedIn();
  }, [isSignedIn]);
  // The page of another user starts again.
  if (me?.user) return <Fragment key={me.user.user_id}>{children(me.user)}</Fragment>;
  if (me) {
    const returnTo = search === '' ? path : `${path}?${search}`;
    return <Redirect to={signInPath(returnTo, wasSignedIn() ? 'ended' : undefined)} replace />;
  }
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <Skeleton lines={6} />;
}
