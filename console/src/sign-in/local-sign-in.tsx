import { auth } from '../api/clients.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { IdentityForm } from './identity-form.tsx';
import { type SignInDraft, writeDraft } from './sign-in-draft.ts';

interface LocalSignInProps {
  readonly returnTo: string;
  readonly onSignedIn: (returnTo: string) => Promise<void>;
}

/** Those of the demo loan, and its borrower. */
const DEMO = ['borrower', 'ana', 'ben', 'chloe'].map((name) => `${name}@example.com`);

/** Signs in with any address, on a server for development. */
export function LocalSignIn({ returnTo, onSignedIn }: LocalSignInProps) {
  const t = useTexts('sign-in');
  const signIn = useAction({
    mutationFn: ({ email, name }: SignInDraft) => auth.signInLocally({ email, ...(name !== '' && { name }) }),
    onSuccess: async () => {
      writeDraft(undefined);
      await onSignedIn(returnTo);
    },
  });
  return (
    <>
      <PageHeading title={t('title')}>{returnTo !== '/' && <p>{t('toContinue')}</p>}</PageHeading>
      <p className="notice notice-waiting small">{t('localWarning')}</p>
      <section className="stack">
        <h2 className="sign-in-choices-title">{t('localChoices')}</h2>
        <ul className="sign-in-choices">
          {DEMO.map((email) => (
            <li key={email}>
              <Button isSmall disabled={signIn.isPending} onClick={() => signIn.mutate({ email, name: '' })}>
                {email}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <IdentityForm
        submitLabel={t('signIn')}
        returnTo={returnTo}
        isBusy={signIn.isPending}
        error={signIn.error}
        onSubmit={(identity) => signIn.mutate(identity)}
      >
        {signIn.error && <ProblemNotice error={signIn.error} />}
      </IdentityForm>
    </>
  );
}
