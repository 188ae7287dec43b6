import { useLoan } from '../api/queries.ts';
import { useMe } from '../app/session.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { EmptyState } from '../design/components/empty-state.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { InviteForm } from './invite-form.tsx';

/** Inviting people to a loan, in a table or by a paste. */
export function InvitePage({ loanId }: { readonly loanId: string }) {
  const user = useMe().data?.user;
  const { data: loan, error, refetch } = useLoan(loanId);
  if (loan && user) {
    if (loan.status !== 'open') return <NotOpen loanId={loanId} />;
    // Another draft for another loan, or where another user has signed in in another tab.
    return <InviteForm key={`${user.user_id} ${loanId}`} loan={loan} user={user} refetch={async () => (await refetch()).data} />;
  }
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <Skeleton lines={8} />;
}

/** The draft stays: the loan was closed, or funded by the last of the invited. */
function NotOpen({ loanId }: { readonly loanId: string }) {
  const t = useTexts('inviting');
  return (
    <>
      <PageHeading title={t('title')} />
      <EmptyState action={<ButtonLink href={`/app/loans/${loanId}`}>{t('backToLoan')}</ButtonLink>}>{t('notOpen')}</EmptyState>
    </>
  );
}
