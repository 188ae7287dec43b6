import { auth } from '../api/clients.ts';
import { useAnnounced } from '../design/announcer.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { rememberReturnTo } from './sign-in-draft.ts';

interface IssuerSignInProps {
  readonly issuer: string | null;
  readonly returnTo: string;
  /** Code of what went wrong, with which the server leads back here. */
  readonly error: string | null;
}

/** Leads to the sign-in of the OpenID Connect issuer. */
export function IssuerSignIn({ issuer, returnTo, error }: IssuerSignInProps) {
  const t = useTexts('sign-in');
  return (
    <>
      <PageHeading title={t('title')}>{issuer !== null && <p>{t('issuerText', { issuer: hostOf(issuer) })}</p>}</PageHeading>
      {error !== null && <SignInError error={error} />}
      <div className="actions">
        {/* A page of the server, not of the console. */}
        <a className="button button-primary" href={auth.loginUrl(returnTo)} onClick={() => rememberReturnTo(returnTo)}>
          <span className="button-label">{t('issuerContinue')}</span>
        </a>
      </div>
    </>
  );
}

/** A code of the server. Anybody may have written the page's address, and so a sentence in place of it. */
const FAILURE = /^[a-z_]{1,30}$/;

function SignInError({ error }: { readonly error: string }) {
  const t = useTexts('sign-in');
  const text = errorText();
  useAnnounced(text);
  return (
    <div className="notice notice-failed">
      <p className="problem-detail">{text}</p>
    </div>
  );

  function errorText(): string {
    switch (error) {
      case 'denied':
        return t('errorDenied');
      case 'expired':
        return t('errorExpired');
      case 'email_unverified':
        return t('errorUnverified');
      case 'unavailable':
        return t('errorUnavailable');
      default:
        return t('errorFailed', { error: FAILURE.test(error) ? error : 'failed' });
    }
  }
}

/** An issuer is a URL; its host is what people know. */
function hostOf(issuer: string): string {
  return URL.parse(issuer)?.host ?? issuer;
}
