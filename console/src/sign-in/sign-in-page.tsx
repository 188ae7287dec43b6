import { type ReactNode, useState } from 'react';
import { Redirect, useSearchParams } from 'wouter';
import { useMe, useRefreshSession } from '../app/session.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { AlreadySignedIn } from './already-signed-in.tsx';
import { EmailSignIn } from './email/email-sign-in.tsx';
import { useLinkCode } from './email/use-link-code.ts';
import { IssuerSignIn } from './issuer-sign-in.tsx';
import { LocalSignIn } from './local-sign-in.tsx';
import { isInvitationPath, safeReturnTo } from './return-to.ts';
import { rememberedReturnTo } from './sign-in-draft.ts';
import { SignedOutNotice } from './signed-out-notice.tsx';
import './sign-in.css';

/** Signs users in by the method of the server, and then shows the page that they wanted. */
export function SignInPage() {
  const t = useTexts('sign-in');
  const { data: me, error: problem, refetch } = useMe();
  const refresh = useRefreshSession();
  const link = useLinkCode(); // taken out of the address in any case, also for those who are signed in
  const [parameters] = useSearchParams();
  const [destination, setDestination] = useState<string | undefined>(undefined);
  const error = parameters.get('error');
  const returnTo = safeReturnTo(parameters.get('return_to') ?? (error === null ? null : rememberedReturnTo()));

  const finish = async (path: string) => {
    setDestination(path);
    await refresh();
  };

  if (!me) {
    return (
      <SignInFrame returnTo={returnTo}>
        <PageHeading title={t('title')} />
        {problem ? <ProblemNotice error={problem} onRetry={() => void refetch()} /> : <Skeleton lines={4} />}
      </SignInFrame>
    );
  }
  if (me.user && destination !== undefined) return <Redirect to={destination} replace />;
  return (
    <SignInFrame returnTo={returnTo}>
      {!me.user && <SignedOutNotice reason={parameters.get('reason')} />}
      {me.user ? (
        <AlreadySignedIn user={me.user} returnTo={returnTo} />
      ) : me.sign_in === 'email' ? (
        <EmailSignIn link={link} returnTo={returnTo} onSignedIn={finish} />
      ) : me.sign_in === 'oidc' ? (
        <IssuerSignIn issuer={me.issuer} returnTo={returnTo} error={error} />
      ) : (
        <LocalSignIn returnTo={returnTo} onSignedIn={finish} />
      )}
    </SignInFrame>
  );
}

/** Beside the form, what this is: for many it is the first page that they see. */
function SignInFrame({ returnTo, children }: { readonly returnTo: string; readonly children: ReactNode }) {
  const t = useTexts('sign-in');
  return (
    <div className="sign-in-page">
      <p className="sign-in-lead">{t(isInvitationPath(returnTo) ? 'leadInvited' : 'lead')}</p>
      <div className="sign-in stack">{children}</div>
      <ul className="sign-in-points soft">
        <li>{t('pointTerms')}</li>
        <li>{t('pointPrivate')}</li>
        <li>{t('pointFree')}</li>
      </ul>
    </div>
  );
}
