import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { auth } from '../../api/clients.ts';
import { Button, ButtonLink } from '../../design/components/button.tsx';
import { Dialog } from '../../design/components/dialog.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { signInPath } from '../../sign-in/return-to.ts';
import { useMe, useRefreshSession } from '../session.tsx';
import { removeAllDrafts } from '../session-draft.ts';
import { forgetSignedIn } from '../signed-in-tab.ts';
import { useAction } from '../use-action.ts';
import { NameDialog } from './name-dialog.tsx';
import './account-menu.css';

/** Who is signed in, and what they can change about that. */
export function AccountMenu() {
  const { t } = useLocale();
  const { data: me } = useMe();
  const [dialog, setDialog] = useState<'everywhere' | 'name' | undefined>(undefined);
  const menu = useRef<HTMLDetailsElement>(null);
  const signOut = useSignOut();
  if (!me?.user) return null;
  const { name } = me.user;
  const email = me.user.email ?? ''; // not verified by the issuer
  const open = (which: 'everywhere' | 'name') => {
    menu.current?.removeAttribute('open');
    menu.current?.querySelector('summary')?.focus(); // so that the dialog gives the focus back to it
    setDialog(which);
  };
  return (
    <>
      <details ref={menu} className="account-menu" onBlur={closeOnLeave} onKeyDown={closeOnEscape}>
        <summary aria-label={t('account.menu', { name: name ?? email })}>
          <span className="account-menu-initial" data-initial={initialOf(name ?? email)} />
          <bdi className="account-menu-name">{name ?? email}</bdi>
        </summary>
        <div className="account-menu-panel">
          <p className="small soft">
            {t('account.signedInAs')} <bdi dir="ltr">{email}</bdi>
          </p>
          {me.sign_in !== 'oidc' && (
            <Button variant="quiet" onClick={() => open('name')}>
              {t(name === null ? 'account.addName' : 'account.changeName')}
            </Button>
          )}
          {email !== '' && (
            <ButtonLink variant="quiet" href="/mail/opt-out">
              {t('account.mail')}
            </ButtonLink>
          )}
          <Button variant="quiet" isBusy={signOut.isPending} onClick={() => signOut.mutate(false)}>
            {t('signOut')}
          </Button>
          <Button variant="quiet" onClick={() => open('everywhere')}>
            {t('account.signOutEverywhere')}
          </Button>
          {signOut.error && dialog === undefined && <ProblemNotice error={signOut.error} />}
        </div>
      </details>
      {dialog === 'name' && <NameDialog name={name ?? ''} onClose={() => setDialog(undefined)} />}
      {dialog === 'everywhere' && <SignOutEverywhereDialog signOut={signOut} onClose={() => setDialog(undefined)} />}
    </>
  );
}

/** In an attribute, as it is no part of the button's name. As readers count characters: an emoji of several code points is one. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name);
  return first?.segment.toUpperCase() ?? '';
}

interface SignOutEverywhereDialogProps {
  readonly signOut: ReturnType<typeof useSignOut>;
  readonly onClose: () => void;
}

function SignOutEverywhereDialog({ signOut, onClose }: SignOutEverywhereDialogProps) {
  const { t } = useLocale();
  return (
    <Dialog
      title={t('account.signOutEverywhere')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button variant="danger" isBusy={signOut.isPending} onClick={() => signOut.mutate(true, { onSuccess: onClose })}>
            {t('account.signOutEverywhere')}
          </Button>
        </>
      }
    >
      <p>{t('account.everywhereText')}</p>
      {signOut.error && <ProblemNotice error={signOut.error} onRetry={() => signOut.mutate(true, { onSuccess: onClose })} />}
    </Dialog>
  );
}

function useSignOut() {
  const refresh = useRefreshSession();
  const [, navigate] = useLocation();
  return useAction({
    mutationFn: async (everywhere: boolean) => await auth.signOut({ everywhere }),
    onSuccess: async ({ logout_url: logoutUrl }, everywhere) => {
      removeAllDrafts();
      forgetSignedIn();
      if (logoutUrl !== null) return window.location.assign(logoutUrl);
      await refresh();
      navigate(signInPath('/', everywhere ? 'signed-out-everywhere' : 'signed-out'));
    },
  });
}

function closeOnLeave({ currentTarget, relatedTarget }: FocusEvent<HTMLDetailsElement>): void {
  if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) currentTarget.removeAttribute('open');
}

function closeOnEscape({ key, currentTarget }: KeyboardEvent<HTMLDetailsElement>): void {
  if (key !== 'Escape') return;
  currentTarget.removeAttribute('open');
  currentTarget.querySelector('summary')?.focus();
}
