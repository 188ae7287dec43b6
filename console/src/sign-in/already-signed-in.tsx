import { addressOf, type User } from '../app/session.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useSwitchAccount } from './use-switch-account.ts';

export function AlreadySignedIn({ user, returnTo }: { readonly user: User; readonly returnTo: string }) {
  const t = useTexts('sign-in');
  const switchAccount = useSwitchAccount(returnTo);
  return (
    <>
      <PageHeading title={t('alreadyTitle')}>
        <p>{t('alreadyText', { address: addressOf(user) })}</p>
      </PageHeading>
      <div className="actions">
        <ButtonLink href={returnTo} variant="primary">
          {t('continue')}
        </ButtonLink>
        <Button isBusy={switchAccount.isPending} onClick={() => switchAccount.mutate()}>
          {t('switchAccount')}
        </Button>
      </div>
      {switchAccount.error && <ProblemNotice error={switchAccount.error} />}
    </>
  );
}
