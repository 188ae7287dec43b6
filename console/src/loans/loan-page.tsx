import { type Loan, NotFoundError } from '@private-lending/client';
import { useMemo } from 'react';
import { useLiveLoan } from '../api/live-loan.ts';
import { shownLiveState } from '../api/live-state.ts';
import { useLoan } from '../api/queries.ts';
import { LiveStatus } from '../app/layout/live-status.tsx';
import { ToOverview } from '../app/layout/to-overview.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { PaymentPlanCard } from '../repayment/payment-plan-card.tsx';
import { EndLoanButton } from './end-loan-button.tsx';
import { FundingPanel } from './funding/funding-panel.tsx';
import { HistoryPanel } from './history/history-panel.tsx';
import { isBorrowerOf } from './history/read-history.ts';
import { withReceived } from './history/received-events.ts';
import { useHistory } from './history/use-history.ts';
import { LendersSection } from './lenders/lenders-section.tsx';
import { LoanHeading } from './loan-heading.tsx';
import { useLoanChanges } from './use-loan-changes.ts';
import './loan-page.css';

/** What comes below more lenders than these is out of reach: the payment plan is above them. */
const SHORT_LIST_MAX = 20;

/** A loan, for its borrower and its lenders. */
export function LoanPage({ loanId }: { readonly loanId: string }) {
  const t = useTexts('loans');
  const { data: loan, error, refetch } = useLoan(loanId);
  if (loan) return <OpenedLoan key={loanId} loan={loan} />;
  return (
    <>
      <PageHeading title={t('page.loading')} />
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <Skeleton lines={10} />}
      {error instanceof NotFoundError && <ToOverview />}
    </>
  );
}

function OpenedLoan({ loan }: { readonly loan: Loan }) {
  const loanId = loan.loan_id;
  const { changes, received, latest, onEvent, onChanged } = useLoanChanges();
  const live = useLiveLoan(loanId, onEvent);
  const history = useHistory(loanId);
  const data = useMemo(() => withReceived(history.data, received), [history.data, received]);
  const isBorrower = data && isBorrowerOf(data);
  const shownLive = shownLiveState(live, loan.status);
  const isReadOnly = live.name === 'lost';
  const isOpen = loan.status === 'open';
  const mayChange = isBorrower !== false && isOpen; // not known yet: most who open this page are borrowers
  const canChange = isBorrower === true && isOpen;
  const isLong = loan.lender_count > SHORT_LIST_MAX;
  const plan = isBorrower && loan.status !== 'cancelled' && loan.total_accepted > 0 && (
    <PaymentPlanCard key="plan" loan={loan} changes={changes} />
  );
  const lenders = isBorrower !== undefined && (
    <LendersSection
      key="lenders"
      loan={loan}
      isBorrower={isBorrower}
      isReadOnly={isReadOnly}
      changes={changes}
      onChanged={onChanged}
      history={data}
    />
  );
  return (
    <>
      <LoanHeading
        loan={loan}
        actions={
          canChange ? <LoanActions loan={loan} isReadOnly={isReadOnly} /> : mayChange && <span className="loan-actions-space" />
        }
      >
        {shownLive && <LiveStatus state={shownLive} />}
      </LoanHeading>
      <div className="loan-panels">
        <FundingPanel loan={loan} latest={latest} isBorrower={isBorrower} events={data?.events ?? []} />
        {isBorrower === undefined && !history.error && <Skeleton lines={6} />}
        {isLong ? [plan, lenders] : [lenders, plan]}
        <div className="loan-history">
          <HistoryPanel loan={loan} isBorrower={isBorrower === true} data={data} history={history} />
        </div>
      </div>
    </>
  );
}

function LoanActions({ loan, isReadOnly }: { readonly loan: Loan; readonly isReadOnly: boolean }) {
  const t = useTexts('loans');
  const variant = loan.total_invited === 0 ? 'secondary' : 'primary'; // the empty list has the main button
  return (
    <>
      {loan.remaining > 0 && (
        <ButtonLink href={`/app/loans/${loan.loan_id}/invite`} variant={variant} disabled={isReadOnly}>
          {t('page.invite')}
        </ButtonLink>
      )}
      <EndLoanButton loan={loan} isReadOnly={isReadOnly} />
    </>
  );
}
