import { useLocation } from 'wouter';
import { auth } from '../api/clients.ts';
import { useRefreshSession } from '../app/session.tsx';
import { removeAllDrafts } from '../app/session-draft.ts';
import { forgetSignedIn } from '../app/signed-in-tab.ts';
import { useAction } from '../app/use-action.ts';
import { signInPath } from './return-to.ts';

/** Signs out, and leads through the sign-in back to a path. */
export function useSwitchAccount(returnTo: string) {
  const refresh = useRefreshSession();
  const [, navigate] = useLocation();
  return useAction({
    mutationFn: () => auth.signOut(),
    onSuccess: async ({ logout_url: logoutUrl }) => {
      removeAllDrafts();
      forgetSignedIn();
      if (logoutUrl !== null) return window.location.assign(logoutUrl);
      navigate(signInPath(returnTo), { replace: true });
      await refresh();
    },
  });
}
