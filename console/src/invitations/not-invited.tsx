import { useLoan } from '../api/queries.ts';
import { addressOf, type User } from '../app/session.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useLinkOutcome } from '../mail-links/use-link-outcome.ts';
import { useLinkState } from '../mail-links/use-link-state.ts';
import { tabToken } from '../mail-links/use-link-token.ts';
import { WithoutAccount } from '../mail-links/without-account.tsx';
import { useSwitchAccount } from '../sign-in/use-switch-account.ts';

/** The user has no invitation to the loan. Whether another address has one, or the loan exists, is not said. */
export function NotInvited({ user, loanId }: { readonly user: User; readonly loanId: string }) {
  const t = useTexts('invitations');
  const { data: ownLoan, isPending } = useLoan(loanId); // without an invitation, only the borrower can read it
  const switchAccount = useSwitchAccount(`/app/invitations/${encodeURIComponent(loanId)}`);
  const token = tabToken(loanId);
  const declined = useLinkOutcome(loanId, 'decline', token);
  const { state = 'open', refetch } = useLinkState(token);
  if (isPending) return <Skeleton lines={4} />;
  if (ownLoan) {
    return (
      <div className="narrow stack">
        <PageHeading title={t('ownLoanTitle')}>
          <p>{t('ownLoanText')}</p>
        </PageHeading>
        <div className="actions">
          <ButtonLink href={`/app/loans/${encodeURIComponent(loanId)}`} variant="primary">
            {t('ownLoanOpen')}
          </ButtonLink>
        </div>
      </div>
    );
  }
  return (
    <div className="narrow stack">
      <PageHeading title={t('notInvitedTitle')}>
        <p>{t('notInvitedText', { address: addressOf(user) })}</p>
      </PageHeading>
      <div className="actions">
        <Button variant="primary" isBusy={switchAccount.isPending} onClick={() => switchAccount.mutate()}>
          {t('switchAccount')}
        </Button>
        <ButtonLink href="/">{t('allInvitations')}</ButtonLink>
      </div>
      {switchAccount.error && <ProblemNotice error={switchAccount.error} />}
      {token !== undefined && (
        <WithoutAccount
          token={token}
          loanId={loanId}
          declined={declined}
          state={state}
          onConflict={refetch}
          otherAddress={addressOf(user)}
        />
      )}
    </div>
  );
}
