import { useMe } from '../app/session.tsx';
import { useAction } from '../app/use-action.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { signInPath } from '../sign-in/return-to.ts';
import { OptOutByLink } from './link-action.tsx';
import { mailLinks } from './mail-link-calls.ts';
import { useLinkOutcome } from './use-link-outcome.ts';
import { useLinkToken } from './use-link-token.ts';

/** The page that the opt-out link of every mail opens: no more mail, and for those who are signed in, mail again. */
export function OptOutPage() {
  const t = useTexts('invitations');
  const token = useLinkToken('opt-out');
  const { data: me } = useMe();
  const user = me?.user ?? undefined;
  const optedOut = useLinkOutcome('opt-out', 'opt-out', token);
  return (
    <div className="narrow stack">
      <PageHeading title={t('optOutTitle')}>{token !== undefined && !optedOut.isDone && <p>{t('optOutText')}</p>}</PageHeading>
      {token !== undefined && (
        <div className="actions">
          <OptOutByLink
            token={token}
            undoPath={user ? undefined : '/mail/opt-out'}
            isDone={optedOut.isDone}
            onDone={optedOut.finish}
          />
        </div>
      )}
      {token === undefined && !user && <p>{t('optOutIncomplete')}</p>}
      {token === undefined && user?.email && <p>{t('optOutBySignedIn', { address: user.email })}</p>}
      {user?.email ? (
        <ResumeMail email={user.email} isOptedOut={optedOut.isDone} onResumed={optedOut.undo} />
      ) : (
        token === undefined && me && <ButtonLink href={signInPath('/mail/opt-out')}>{t('optOutSignIn')}</ButtonLink>
      )}
    </div>
  );
}

interface ResumeMailProps {
  readonly email: string;
  /** By the link of a mail in this tab. */
  readonly isOptedOut: boolean;
  readonly onResumed: () => void;
}

/** Undoes an opt-out. Whether there is one is not known here: the response is the same for every address. */
function ResumeMail({ email, isOptedOut, onResumed }: ResumeMailProps) {
  const t = useTexts('invitations');
  const announce = useAnnounce();
  const resume = useAction({
    mutationFn: async () => await mailLinks.resume(),
    onSuccess: () => {
      onResumed();
      announce(t('resumed', { address: email }));
    },
  });
  return (
    <Card title={t('resumeTitle')}>
      <p>{t(isOptedOut ? 'resumeTextStopped' : 'resumeText', { address: email })}</p>
      <div className="actions">
        <Button isBusy={resume.isPending} onClick={() => resume.mutate()}>
          {t('resume')}
        </Button>
      </div>
      {resume.isSuccess && !isOptedOut && <p className="notice">{t('resumed', { address: email })}</p>}
      {resume.error && <ProblemNotice error={resume.error} onRetry={() => resume.mutate()} />}
    </Card>
  );
}
