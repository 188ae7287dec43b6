import { Redirect } from 'wouter';
import { useMe } from '../app/session.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { signInPath } from '../sign-in/return-to.ts';
import { DeclineByLink, OptOutByLink } from './link-action.tsx';
import { useLinkOutcome } from './use-link-outcome.ts';
import { useLinkToken } from './use-link-token.ts';

/** The page that the link of an invitation's mail opens. Those who are signed in go on to the invitation. */
export function MailInvitationPage({ loanId }: { readonly loanId: string }) {
  const t = useTexts('invitations');
  const token = useLinkToken(loanId);
  const { data: me, error, refetch } = useMe();
  const invitationPath = `/app/invitations/${encodeURIComponent(loanId)}`;
  const declined = useLinkOutcome(loanId, 'decline', token);
  if (me?.user) return <Redirect to={invitationPath} replace />;
  return (
    <div className="narrow stack">
      <PageHeading title={t(declined.isDone ? 'linkDeclinedTitle' : 'linkTitle')}>
        {!declined.isDone && <p>{t('linkText')}</p>}
      </PageHeading>
      {declined.isDone ? null : me ? (
        <div className="actions">
          <ButtonLink href={signInPath(invitationPath)} variant="primary">
            {t('linkSignIn')}
          </ButtonLink>
          <p className="soft small">{t(me.sign_in === 'email' ? 'linkSignInHint' : 'linkSignInHintOther')}</p>
        </div>
      ) : error ? (
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton lines={2} />
      )}
      <WithoutAccount token={token} loanId={loanId} declined={declined} />
    </div>
  );
}

interface WithoutAccountProps {
  readonly token: string | undefined;
  readonly loanId: string;
  readonly declined: ReturnType<typeof useLinkOutcome>;
  /** Of the user who is signed in, and whose invitation it is not. */
  readonly otherAddress?: string;
}

/** What can be done without signing in, with the token of the mail's link. */
export function WithoutAccount({ token, loanId, declined, otherAddress }: WithoutAccountProps) {
  const t = useTexts('invitations');
  const optedOut = useLinkOutcome('opt-out', 'opt-out', token);
  return (
    <Card title={t(otherAddress === undefined ? 'linkWithoutTitle' : 'linkWithoutTitleOther')}>
      {token === undefined ? (
        <p>{t('linkIncomplete')}</p>
      ) : (
        <>
          {otherAddress !== undefined && <p>{t('linkWithoutTextOther', { address: otherAddress })}</p>}
          {!declined.isDone && <p>{t('linkWithoutText')}</p>}
          <div className="actions">
            <DeclineByLink
              token={token}
              undoPath={`/app/invitations/${encodeURIComponent(loanId)}`}
              isDone={declined.isDone}
              onDone={declined.finish}
            />
            <OptOutByLink token={token} undoPath="/mail/opt-out" isDone={optedOut.isDone} onDone={optedOut.finish} />
          </div>
        </>
      )}
    </Card>
  );
}
