import { ApiError, ConnectionError, RateLimitError } from '@private-lending/client';
import { useState } from 'react';
import { LiveStatus } from '../app/layout/live-status.tsx';
import { useAnnounce } from '../design/announcer.tsx';
import { Banner } from '../design/components/banner.tsx';
import { Button } from '../design/components/button.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { EmptyState } from '../design/components/empty-state.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Progress } from '../design/components/progress.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';

const AFTERNOON = new Date(2026, 10, 27, 14, 3).getTime();

/** What the frame of a page, and the page of a loan, say about how new the data is. */
export function FreshnessSamples() {
  const { t, time } = useLocale();
  return (
    <>
      <Banner>{t('developmentServer')}</Banner>
      <Banner>{t('offline', { time: time(AFTERNOON) })}</Banner>
      <LiveStatus state={{ name: 'connecting' }} />
      <LiveStatus state={{ name: 'live' }} />
      <LiveStatus state={{ name: 'lost', since: AFTERNOON, isFinal: false }} />
      <LiveStatus state={{ name: 'lost', since: AFTERNOON, isFinal: true }} />
    </>
  );
}

export function NoticeSamples() {
  return (
    <>
      <p className="notice">The invitation is on its way.</p>
      <p className="notice notice-waiting">As of 14:03, reconnecting. Until then you can read, but change nothing.</p>
      <p className="notice notice-failed">This would over-fund the loan.</p>
      <div className="notice row">
        <p>3 rows pasted. One to fix.</p>
        <Button variant="quiet">Undo the paste</Button>
      </div>
    </>
  );
}

const RESPONSE = { requestId: '01JDE0000000000000000000', attempts: 1, details: [], body: {} };

export function ProblemSamples() {
  const [errors] = useState(() => ({
    final: new ApiError('The loan is closed.', { ...RESPONSE, code: 'CONFLICT', status: 409, retryable: false }),
    again: new ConnectionError('The server could not be reached.', { ...RESPONSE, requestId: '', retryable: true }),
    later: new RateLimitError('Too many requests.', {
      ...RESPONSE,
      code: 'TOO_MANY_REQUESTS',
      status: 429,
      retryable: true,
      retryAfter: 600,
    }),
  }));
  const retry = () => {};
  return (
    <>
      <ProblemNotice error={errors.final} onRetry={retry} />
      <ProblemNotice error={errors.again} onRetry={retry} />
      <ProblemNotice error={errors.later} onRetry={retry} />
      <ProblemNotice error={new TypeError('a mistake in a page')} />
    </>
  );
}

export function WaitingSamples() {
  return (
    <>
      <Skeleton lines={1} />
      <Skeleton lines={3} />
      <Progress done={0} count={100} text="No row of 100 yet" />
      <Progress done={40} count={100} text="40 of 100 rows" />
      <Progress done={100} count={100} text="All 100 rows" />
    </>
  );
}

export function EmptyStateSamples() {
  return (
    <>
      <EmptyState action={<Button variant="primary">Invite people</Button>}>Nobody is invited yet.</EmptyState>
      <EmptyState>No invitation has come yet.</EmptyState>
    </>
  );
}

export function DialogSample() {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div className="row">
      <Button onClick={() => setOpen(true)}>Open the dialog</Button>
      {isOpen && (
        <Dialog
          title="Close this loan?"
          onClose={close}
          actions={
            <>
              <Button onClick={close}>Keep it open</Button>
              <Button variant="danger" onClick={close}>
                Close it
              </Button>
            </>
          }
        >
          <p>The loan is closed at what was accepted. This can’t be undone.</p>
        </Dialog>
      )}
    </div>
  );
}

export function AnnouncerSample() {
  const announce = useAnnounce();
  return (
    <div className="row">
      <Button onClick={() => announce('Said aloud.')}>Say something to screen readers</Button>
    </div>
  );
}
