import type { Event, Invitation } from '@private-lending/client';
import { type LiveState, shownLiveState } from '../api/live-state.ts';
import { useLoan } from '../api/queries.ts';
import { useAnnounced } from '../design/announcer.tsx';
import { Card } from '../design/components/card.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isWithdrawal } from '../loans/history/withdrawal.ts';
import { borrowerName } from './borrower-name.ts';
import type { useLoanEvents } from './invitation-queries.ts';
import { isByLink } from './invitation-state.ts';

interface InvitationHistoryProps {
  readonly invitation: Invitation;
  readonly history: ReturnType<typeof useLoanEvents>;
  readonly live: LiveState;
}

/** What has happened to the invitation and the loan, the newest first. */
export function InvitationHistory({ invitation, history, live }: InvitationHistoryProps) {
  const t = useTexts('invitations');
  const { money, dateTime, time } = useLocale();
  const { data: loan } = useLoan(invitation.loan_id);
  const eventText = useEventText(invitation, history.data ?? []);
  const shown = shownLiveState(live, invitation.loan.status);
  const lost = shown?.name === 'lost' ? t(shown.isFinal ? 'ended' : 'lost', { time: time(shown.since) }) : undefined;
  useAnnounced(lost);
  return (
    <Card title={t('historyTitle')}>
      {loan?.status === 'open' && (
        <p className="figures">
          {t('historyAccepted', { accepted: money(loan.total_accepted, loan.currency), amount: money(loan.amount, loan.currency) })}
        </p>
      )}
      {history.data ? (
        <ol className="timeline">
          {history.data.toReversed().map((event) => (
            <li key={event.event_id}>
              <p>{eventText(event)}</p>
              <time className="soft small figures" dateTime={event.at}>
                {dateTime(event.at)}
              </time>
            </li>
          ))}
        </ol>
      ) : history.error ? (
        <ProblemNotice error={history.error} onRetry={() => void history.refetch()} />
      ) : (
        <Skeleton lines={3} />
      )}
      {shown?.name === 'live' && <p className="invitation-live soft small">{t('live')}</p>}
      {lost !== undefined && <p className="notice notice-waiting small figures">{lost}</p>}
    </Card>
  );
}

function useEventText(invitation: Invitation, events: readonly Event[]): (event: Event) => string {
  const t = useTexts('invitations');
  const { money } = useLocale();
  const { currency, amount } = invitation.loan;
  const borrower = borrowerName(invitation);
  return (event) => {
    const { loan, lender } = event.data;
    const own = { amount: money(lender?.contribution_amount ?? invitation.contribution_amount, currency) };
    switch (event.type) {
      case 'loan.created':
        return t('eventCreated', { borrower, amount: money(amount, currency) });
      case 'loan.funded':
        return t('eventFunded', { amount: money(loan.total_accepted, currency) });
      case 'loan.closed':
        return t('eventClosed', { borrower, amount: money(loan.total_accepted, currency) });
      case 'loan.cancelled':
        return t('eventCancelled', { borrower });
      case 'lender.invited':
        return t('eventInvited', own);
      case 'lender.changed':
        return t('eventChanged', own);
      case 'lender.accepted':
        return t('eventAccepted', own);
      case 'lender.declined':
        if (isByLink(event)) return t('eventDeclinedByLink');
        return isWithdrawal(event, events) ? t('eventWithdrawn', own) : t('eventDeclined');
      case 'lender.revoked':
        return t('eventRevoked');
      case 'lender.expired':
        return t('eventExpired');
    }
  };
}
