import { type User, useMe } from '../app/session.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useInvitation } from './invitation-queries.ts';
import { InvitationView } from './invitation-view.tsx';
import { NotInvited } from './not-invited.tsx';
import './invitations.css';

/** The user's invitation to a loan: who asks for what, what comes back, and the answer. */
export function InvitationPage({ loanId }: { readonly loanId: string }) {
  const user = useMe().data?.user;
  return user ? <InvitationOf user={user} loanId={loanId} /> : null;
}

function InvitationOf({ user, loanId }: { readonly user: User; readonly loanId: string }) {
  const { data: invitation, error, refetch } = useInvitation(loanId, user.email);
  if (invitation) return <InvitationView invitation={invitation} />;
  if (invitation === null) return <NotInvited user={user} loanId={loanId} />;
  if (error) return <LoadFailure error={error} onRetry={() => void refetch()} />;
  return <Skeleton lines={8} />;
}

function LoadFailure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const t = useTexts('invitations');
  return (
    <div className="narrow stack">
      <PageHeading title={t('loadFailedTitle')} />
      <ProblemNotice error={error} onRetry={onRetry} />
      <div className="actions">
        <ButtonLink href="/">{t('allInvitations')}</ButtonLink>
      </div>
    </div>
  );
}
