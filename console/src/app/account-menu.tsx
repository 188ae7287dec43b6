import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { auth } from '../api/clients.ts';
import { Button } from '../design/components/button.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useMe, useRefreshSession } from './session.tsx';

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const { t } = useLocale();
  const { data: me } = useMe();
  const refresh = useRefreshSession();
  const [, navigate] = useLocation();
  const signOut = useMutation({
    mutationFn: () => auth.signOut(),
    onSuccess: async ({ logout_url: logoutUrl }) => {
      if (logoutUrl !== null) return window.location.assign(logoutUrl);
      await refresh();
      navigate('/');
    },
  });
  if (!me?.user) return null;
  return (
    <div className="row">
      <span className="soft small">
        <bdi>{me.user.name ?? me.user.email}</bdi>
      </span>
      <Button variant="quiet" isBusy={signOut.isPending} onClick={() => signOut.mutate()}>
        {t('signOut')}
      </Button>
    </div>
  );
}
