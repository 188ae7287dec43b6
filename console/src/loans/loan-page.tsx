import type { Loan } from '@private-lending/client';
import { useLiveLoan } from '../api/live-loan.ts';
import { useLoan } from '../api/queries.ts';
import { ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { EndLoanSection } from './end-loan-section.tsx';
import { FundingPanel } from './funding/funding-panel.tsx';
import { HistorySection } from './history/history-section.tsx';
import { isBorrowerOf, useHistory } from './history/use-history.ts';
import { LendersSection } from './lenders/lenders-section.tsx';
import { LiveStatus } from './live-status.tsx';
import { LoanHeading } from './loan-heading.tsx';
import { useLoanChanges } from './use-loan-changes.ts';

/** A loan, for its borrower and its lenders. */
export function LoanPage({ loanId }: { readonly loanId: string }) {
  const t = useTexts('loans');
  const { data: loan, error, refetch } = useLoan(loanId);
  if (loan) return <OpenedLoan key={loanId} loan={loan} />;
  return (
    <>
      <PageHeading title={t('page.loading')} />
      {error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <Skeleton lines={10} />}
    </>
  );
}

function OpenedLoan({ loan }: { readonly loan: Loan }) {
  const t = useTexts('loans');
  const loanId = loan.loan_id;
  const { changes, latest, onEvent, onChanged } = useLoanChanges();
  const live = useLiveLoan(loanId, onEvent);
  const history = useHistory(loanId);
  const isBorrower = history.data && isBorrowerOf(history.data);
  const isReadOnly = live.name === 'lost';
  const isOpen = loan.status === 'open';
  return (
    <>
      <LoanHeading
        loan={loan}
        actions={
          isBorrower === true &&
          isOpen &&
          loan.remaining > 0 && (
            <ButtonLink href={`/app/loans/${loanId}/invite`} variant="primary">
              {t('page.invite')}
            </ButtonLink>
          )
        }
      />
      <LiveStatus state={live} />
      <FundingPanel loan={loan} latest={latest} isBorrower={isBorrower === true} />
      {isBorrower === undefined && !history.error && <Skeleton lines={6} />}
      {isBorrower !== undefined && (
        <LendersSection
          loan={loan}
          isBorrower={isBorrower}
          isReadOnly={isReadOnly}
          changes={changes}
          onChanged={onChanged}
          history={history.data}
        />
      )}
      <HistorySection loan={loan} isBorrower={isBorrower === true} history={history} />
      {isBorrower === true && isOpen && <EndLoanSection loan={loan} isReadOnly={isReadOnly} />}
    </>
  );
}
