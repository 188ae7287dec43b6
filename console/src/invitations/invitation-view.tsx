import type { Invitation, WatchedEvent } from '@private-lending/client';
import { lazy, Suspense, useCallback } from 'react';
import { useLiveLoan } from '../api/live-loan.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Card } from '../design/components/card.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import type { LenderRepayment } from '../repayment/lender-repayment.ts';
import { RepaymentFigures } from '../repayment/repayment-figures.tsx';
import { RepaymentSentence } from '../repayment/repayment-sentence.tsx';
import { AnswerPanel } from './answer/answer-panel.tsx';
import { borrowerName } from './borrower-name.ts';
import { InvitationHistory } from './invitation-history.tsx';
import { InvitationPill } from './invitation-pill.tsx';
import { useLoanEvents } from './invitation-queries.ts';
import { type InvitationState, invitationState } from './invitation-state.ts';
import { InvitationTerms } from './invitation-terms.tsx';
import { repaymentOf } from './repayment-of.ts';

const RepaymentChart = lazy(async () => ({ default: (await import('../repayment/repayment-chart.tsx')).RepaymentChart }));

/** States in which something comes back, or would. */
const WITH_REPAYMENT: readonly InvitationState[] = ['pending', 'accepted', 'funded', 'declined-by-link'];

/** Kept up to date while it is open. On a phone in this order; on a wide screen the answer is beside it. */
export function InvitationView({ invitation }: { readonly invitation: Invitation }) {
  const t = useTexts('invitations');
  const { loan_id: loanId } = invitation;
  const announce = useAnnounce();
  const history = useLoanEvents(loanId);
  const announceOthers = useCallback(
    ({ event }: WatchedEvent) => {
      // The panel announces the user's own answer, and another amount.
      if (event.request_id === undefined && event.type !== 'lender.changed') announce(t('announceChanged'));
    },
    [announce, t],
  );
  const live = useLiveLoan(loanId, announceOthers);
  const state = invitationState(invitation, history.data ?? (history.error ? [] : undefined), Date.now());
  const repayment = state && WITH_REPAYMENT.includes(state) ? repaymentOf(invitation) : undefined;
  return (
    <div className="invitation">
      <div className="invitation-offer stack">
        <InvitationHeading invitation={invitation} state={state} />
        {repayment && (
          <p className="invitation-sentence">
            <RepaymentSentence repayment={repayment} />
          </p>
        )}
      </div>
      <div className="invitation-answer">
        {state ? (
          <AnswerPanel invitation={invitation} state={state} />
        ) : (
          <section className="answer-panel">
            <Skeleton lines={4} />
          </section>
        )}
      </div>
      <div className="invitation-details stack">
        {repayment && <RepaymentCard repayment={repayment} />}
        <InvitationTerms invitation={invitation} isAgreed={state === 'accepted' || state === 'funded'} />
        <InvitationHistory invitation={invitation} history={history} live={live} />
      </div>
    </div>
  );
}

interface InvitationHeadingProps {
  readonly invitation: Invitation;
  readonly state: InvitationState | undefined;
}

function InvitationHeading({ invitation, state }: InvitationHeadingProps) {
  const t = useTexts('invitations');
  const { money } = useLocale();
  const { purpose } = invitation.loan;
  const texts = {
    borrower: borrowerName(invitation),
    amount: money(invitation.contribution_amount, invitation.loan.currency),
  };
  return (
    <PageHeading title={title()}>
      {purpose !== null && (
        <p>
          {t('purpose')} <bdi>{purpose}</bdi>
        </p>
      )}
      <p className="soft">{t('verifiedAddress', { address: invitation.borrower.email })}</p>
      {state === 'pending' && <p className="soft">{t('whoHint')}</p>}
      <div>
        <InvitationPill invitation={invitation} isWithdrawn={state === 'withdrawn'} />
      </div>
    </PageHeading>
  );

  function title(): string {
    if (state === 'pending') return t('pageTitle', texts);
    return state === 'accepted' || state === 'funded' ? t('pageTitleAccepted', texts) : t('pageTitleAsked', texts);
  }
}

function RepaymentCard({ repayment }: { readonly repayment: LenderRepayment }) {
  const t = useTexts('repayment');
  return (
    <Card title={t('title')}>
      <RepaymentFigures repayment={repayment} />
      <Suspense fallback={<Skeleton lines={6} />}>
        <RepaymentChart repayment={repayment} />
      </Suspense>
    </Card>
  );
}
