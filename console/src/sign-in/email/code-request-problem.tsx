import { RateLimitError } from '@private-lending/client';
import { useState } from 'react';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { nextCodeAt } from './code-limit.ts';

/** Below it, the limit is that of requests a second, and not that of codes. */
const CODE_LIMIT_SECONDS_MIN = 60;

interface CodeRequestProblemProps {
  readonly error: Error;
  readonly onRetry?: () => void;
}

/** Why no code was sent. */
export function CodeRequestProblem({ error, onRetry }: CodeRequestProblemProps) {
  const seconds = error instanceof RateLimitError ? (error.retryAfter ?? 0) : 0;
  if (seconds < CODE_LIMIT_SECONDS_MIN) return <ProblemNotice error={error} onRetry={onRetry} />;
  return <CodeLimit key={seconds} seconds={seconds} />;
}

function CodeLimit({ seconds }: { readonly seconds: number }) {
  const t = useTexts('sign-in');
  const locale = useLocale();
  const [now] = useState(Date.now);
  return (
    <div className="notice notice-failed">
      <p role="alert">{t('codeLimit', { time: nextCodeAt(now, seconds, locale) })}</p>
    </div>
  );
}
