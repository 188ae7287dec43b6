import type { Loan } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import { MailNote } from '../app/mail-note.tsx';
import { useOnline } from '../app/use-online.ts';
import { useAnnounced } from '../design/announcer.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Progress } from '../design/components/progress.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { nextMailAt } from '../loans/lenders/next-mail.ts';
import { isSending, rowsBeingSent, type Sent } from './model/draft.ts';
import { fromUnits } from './model/shares.ts';
import { type InvitationState, type InvitationStore, isInterrupted } from './sending/invitation-store.ts';
import { rejectionText } from './use-problem-text.ts';

interface SendingProps {
  readonly state: InvitationState;
  readonly store: InvitationStore;
}

/** Progress while invitations are sent, and why they have stopped. */
export function SendingNotice({ state, store }: SendingProps) {
  const t = useTexts('inviting');
  const { draft, isRunning, error } = state;
  const isOnline = useOnline();
  const waiting = rowsBeingSent(draft).size;
  const isPaused = isSending(draft) && !isRunning;
  const interrupted = isInterrupted(state) ? t('sending.interrupted', { count: waiting }) : undefined;
  useAnnounced(interrupted);
  const isWaitingForUser = interrupted !== undefined;
  const done = draft.sent.count;
  const count = done + waiting;
  return (
    <>
      {isRunning && !isOnline && <Offline onStop={store.stop} />}
      {isRunning && isOnline && <Progress done={done} count={count} text={t('sending.progress', { done, count })} />}
      {isWaitingForUser && (
        <div className="notice notice-waiting">
          <p>{interrupted}</p>
          <p>{t('sending.safe')}</p>
        </div>
      )}
      {error !== undefined && !isRunning && !isWaitingForUser && (
        <ProblemNotice error={error} onRetry={isPaused ? () => void store.run() : undefined} />
      )}
      {isPaused && (
        <div className="row">
          {isWaitingForUser && (
            <Button variant="primary" onClick={() => void store.run()}>
              {t('sending.continue')}
            </Button>
          )}
          <Button variant="quiet" onClick={store.stop}>
            {t('sending.stop')}
          </Button>
        </div>
      )}
      {draft.rejections.map((rejection) => (
        <RejectionNotice key={rejection.message} text={rejectionText(rejection, t)} />
      ))}
    </>
  );
}

function Offline({ onStop }: { readonly onStop: () => void }) {
  const t = useTexts('inviting');
  const text = t('sending.offline');
  useAnnounced(text);
  return (
    <div className="notice notice-waiting">
      <p>{text}</p>
      <div className="row">
        <Button onClick={onStop}>{t('sending.stopOffline')}</Button>
      </div>
    </div>
  );
}

function RejectionNotice({ text }: { readonly text: string }) {
  useAnnounced(text);
  return (
    <div className="notice notice-failed">
      <p className="problem-detail">{text}</p>
    </div>
  );
}

/** After some were invited, and others not. */
export function PartlySent({ sent, left }: { readonly sent: Sent; readonly left: number }) {
  const t = useTexts('inviting');
  return (
    <p className="notice">
      {t('sent.partly', { count: sent.count })} {left > 0 && t('sent.left', { count: left })}
    </p>
  );
}

interface AllSentProps {
  readonly sent: Sent;
  readonly loan: Loan;
  readonly currency: Currency;
  readonly onMore: () => void;
}

/** In place of the table when everybody is invited. */
export function AllSent({ sent, loan, currency, onMore }: AllSentProps) {
  const t = useTexts('inviting');
  const { money, date, deadline } = useLocale();
  const { loan_id: loanId, remaining } = loan;
  const heldUntil = mailHeldUntil(sent);
  return (
    <>
      <PageHeading title={t('sent.title', { count: sent.count })} />
      <Card>
        <p className="figures">
          {t('sent.amount', { amount: money(fromUnits(sent.units, currency), currency.code) })}{' '}
          {remaining > 0 ? t('sent.free', { remaining: money(remaining, currency.code) }) : t('sent.allAsked')}
        </p>
        <p>
          {t('sent.mail', { count: sent.count })} {sent.expiresAt !== undefined && t('sent.until', { date: date(sent.expiresAt) })}
        </p>
        {heldUntil !== undefined && <p>{t('sent.heldBack', { count: sent.count, time: deadline(heldUntil) })}</p>}
        <MailNote />
        <div className="row">
          <ButtonLink href={`/app/loans/${loanId}`} variant="primary">
            {t('backToLoan')}
          </ButtonLink>
          {remaining > 0 && <Button onClick={onMore}>{t('sent.more')}</Button>}
        </div>
      </Card>
    </>
  );
}

/** Until when e-mail is held back from those who have got one about the loan already; undefined where it is nobody. */
function mailHeldUntil({ again = 0, invitedAt }: Sent): number | undefined {
  return again > 0 && invitedAt !== undefined ? nextMailAt({ invited_at: invitedAt }, Date.parse(invitedAt)) : undefined;
}
