import { LendingError } from '@private-lending/client';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useAnnounced } from '../announcer.tsx';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { focusInstead } from './focus-instead.ts';
import { problemText } from './problem-text.ts';
import './problem-notice.css';

interface ProblemNoticeProps {
  readonly error: unknown;
  /** Says it more precisely than the error's code. */
  readonly text?: string | undefined;
  /** Offered only where a retry may succeed. */
  readonly onRetry?: (() => void) | undefined;
}

/** Why a call failed: in the user's language, the id of the request to copy, and a retry where that makes sense. */
export function ProblemNotice({ error, text: given, onRetry }: ProblemNoticeProps) {
  const { t, duration } = useLocale();
  const secondsLeft = useCountdown(error, error instanceof LendingError ? error.retryAfter : undefined);
  const canRetry = onRetry !== undefined && (!(error instanceof LendingError) || error.retryable);
  const notice = useRef<HTMLDivElement>(null);
  const { text, cause } = given === undefined ? problemText(error, t) : { text: given };
  useAnnounced(cause === undefined ? text : `${text} ${cause}`); // without the count, which screen readers would say each second
  useLayoutEffect(() => focusInstead(notice.current), []);
  return (
    <div ref={notice} className="notice notice-failed">
      <p className="problem-detail">
        {text}
        {cause !== undefined && <span lang="en"> {cause}</span>}
      </p>
      {secondsLeft > 0 && <p className="figures">{t('problem.retryIn', { time: duration(secondsLeft) })}</p>}
      <div className="row">
        {canRetry && (
          <Button onClick={onRetry} disabled={secondsLeft > 0}>
            {t('retry')}
          </Button>
        )}
        {error instanceof LendingError && error.requestId !== '' && (
          <CopyButton text={error.requestId} label={t('problem.copyRequestId')} />
        )}
      </div>
    </div>
  );
}

/** Seconds until a call may be repeated, counted down from when the error came. */
function useCountdown(error: unknown, seconds: number | undefined): number {
  const [received, setReceived] = useState({ error, at: Date.now() });
  const [now, setNow] = useState(received.at);
  // Another error starts the count again, also with the same seconds.
  if (received.error !== error) {
    setReceived({ error, at: Date.now() });
    setNow(Date.now());
  }
  const end = received.at + (seconds ?? 0) * 1000;
  const isCounting = now < end;
  useEffect(() => {
    if (!isCounting) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isCounting]);
  return Math.max(0, Math.ceil((end - now) / 1000));
}
