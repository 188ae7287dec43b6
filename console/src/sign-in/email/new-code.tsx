import { useAction } from '../../app/use-action.ts';
import { useNow } from '../../app/use-now.ts';
import { useAnnounce } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { CodeRequestProblem } from './code-request-problem.tsx';
import { type PendingSignIn, RESEND_PAUSE_MS } from './pending-sign-in.ts';
import { requestCode } from './request-code.ts';

interface NewCodeProps {
  readonly pending: PendingSignIn;
  /** Whether the code that was sent still works. */
  readonly hasField: boolean;
  readonly onSent: (pending: PendingSignIn) => void;
}

/** Has another code sent, after a pause in which the mail may still arrive. */
export function NewCode({ pending, hasField, onSent }: NewCodeProps) {
  const t = useTexts('sign-in');
  const { language } = useLocale();
  const announce = useAnnounce();
  const send = useAction({
    mutationFn: () => requestCode(pending, language),
    onSuccess: (next) => {
      announce(t('newCodeSent', { address: next.email }));
      onSent(next);
    },
  });
  const end = pending.sentAt + RESEND_PAUSE_MS;
  const secondsLeft = Math.ceil((end - useNow(end)) / 1000);
  const canSend = secondsLeft <= 0 || pending.triesLeft === 0;
  return (
    <div className="stack sign-in-new-code">
      {send.isSuccess && <p className="notice">{t('newCodeSent', { address: pending.email })}</p>}
      {canSend ? (
        <div className="actions">
          <Button isBusy={send.isPending} onClick={() => send.mutate()}>
            {t('newCode')}
          </Button>
        </div>
      ) : (
        <p className="soft small figures">{t('newCodeIn', { count: secondsLeft })}</p>
      )}
      {send.error && <CodeRequestProblem error={send.error} onRetry={() => send.mutate()} hasField={hasField} />}
    </div>
  );
}
