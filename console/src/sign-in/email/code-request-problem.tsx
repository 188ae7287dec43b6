import { useState } from 'react';
import { useAnnounced } from '../../design/announcer.tsx';
import { Button } from '../../design/components/button.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { codeLimitSeconds, nextCodeAt } from './code-limit.ts';
import type { PendingSignIn } from './pending-sign-in.ts';

interface CodeRequestProblemProps {
  readonly error: Error;
  readonly onRetry?: () => void;
  /** Whether the page has the field for the code that was sent last. */
  readonly hasField?: boolean;
  /** What the code was sent for last, if that was in this browser and still works. */
  readonly sent?: PendingSignIn | undefined;
  /** Leads to the field for it. */
  readonly onUse?: (sent: PendingSignIn) => void;
}

/** Why no code was sent, and where that was a limit, what to do until then. */
export function CodeRequestProblem({ error, onRetry, ...others }: CodeRequestProblemProps) {
  const seconds = codeLimitSeconds(error);
  if (seconds === undefined) return <ProblemNotice error={error} onRetry={onRetry} />;
  return <CodeLimit key={seconds} seconds={seconds} {...others} />;
}

type CodeLimitProps = Pick<CodeRequestProblemProps, 'hasField' | 'onUse' | 'sent'> & { readonly seconds: number };

function CodeLimit({ seconds, hasField = false, sent, onUse }: CodeLimitProps) {
  const t = useTexts('sign-in');
  const locale = useLocale();
  const [now] = useState(Date.now);
  const text = `${t('codeLimit', { time: nextCodeAt(now, seconds, locale) })} ${untilThen()}`;
  useAnnounced(text);
  return (
    <div className="notice notice-failed stack">
      <p>{text}</p>
      {sent && onUse && (
        <div className="actions">
          <Button variant="primary" onClick={() => onUse(sent)}>
            {t('useSentCode')}
          </Button>
        </div>
      )}
    </div>
  );

  function untilThen(): string {
    if (hasField) return t('codeLimitField');
    return sent ? t('codeLimitSent', { time: locale.time(sent.sentAt), address: sent.email }) : t('codeLimitElsewhere');
  }
}
