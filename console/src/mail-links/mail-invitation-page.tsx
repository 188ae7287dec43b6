import { Redirect } from 'wouter';
import { useMe } from '../app/session.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { signInPath } from '../sign-in/return-to.ts';
import { useLinkOutcome } from './use-link-outcome.ts';
import { type LinkState, useLinkState } from './use-link-state.ts';
import { useLinkToken } from './use-link-token.ts';
import { WithoutAccount } from './without-account.tsx';

/** The page that the link of an invitation's mail opens. Those who are signed in go on to the invitation. */
export function MailInvitationPage({ loanId }: { readonly loanId: string }) {
  const t = useTexts('invitations');
  const token = useLinkToken(loanId);
  const { data: me, error, refetch } = useMe();
  const invitationPath = `/app/invitations/${encodeURIComponent(loanId)}`;
  const declined = useLinkOutcome(loanId, 'decline', token);
  const { state = 'open', isLoading, refetch: readState } = useLinkState(token);
  if (me?.user) return <Redirect to={invitationPath} replace />;
  if (isLoading) return <Skeleton lines={6} />;
  return (
    <div className="narrow stack">
      <PageHeading title={t(declined.isDone ? 'linkDeclinedTitle' : TITLES[state])}>
        {!declined.isDone && <p>{t(LEADS[state])}</p>}
      </PageHeading>
      {declined.isDone ? null : me ? (
        <div className="actions">
          <ButtonLink href={signInPath(invitationPath)} variant={state === 'ended' ? 'secondary' : 'primary'}>
            {t(state === 'declined' ? 'linkUndo' : 'linkSignIn')}
          </ButtonLink>
          {state !== 'ended' && (
            <p className="soft small">{t(me.sign_in === 'email' ? 'linkSignInHint' : 'linkSignInHintOther')}</p>
          )}
        </div>
      ) : error ? (
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={2} />
      )}
      <WithoutAccount token={token} loanId={loanId} declined={declined} state={state} onConflict={readState} />
    </div>
  );
}

const TITLES = {
  open: 'linkTitle',
  declined: 'declinedByLinkTitle',
  account: 'linkAccountTitle',
  ended: 'linkEndedTitle',
  replaced: 'linkReplacedTitle',
} as const satisfies Record<LinkState, string>;

const LEADS = {
  open: 'linkText',
  declined: 'linkDeclinedBefore',
  account: 'linkAccountText',
  ended: 'linkEndedText',
  replaced: 'linkReplacedText',
} as const satisfies Record<LinkState, string>;
