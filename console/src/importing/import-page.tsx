import type { Loan } from '@private-lending/client';
import { useSearch, useSearchParams } from 'wouter';
import { useLoan } from '../api/queries.ts';
import { useMe } from '../app/session.tsx';
import { ButtonLink } from '../design/components/button.tsx';
import { EmptyState } from '../design/components/empty-state.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { CheckedFile } from './checked-file.tsx';
import { FileStep } from './file-step.tsx';
import { RunningImport } from './running-import.tsx';
import './import-page.css';

/** Inviting the people of a file: choose it, check it, import it. The import that is followed is in the address of the page. */
export function ImportPage({ loanId }: { readonly loanId: string }) {
  const t = useTexts('import');
  const search = useSearch();
  const userId = useMe().data?.user?.user_id;
  const { data: loan, error, refetch } = useLoan(loanId);
  if (loan === undefined || userId === undefined) {
    return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <Skeleton lines={6} />;
  }
  return (
    <>
      {/* Another step is another page: its heading gets the focus. */}
      <PageHeading
        key={search}
        title={t('title')}
        actions={
          <ButtonLink href={`/app/loans/${loanId}`} variant="quiet">
            {t('backToLoan')}
          </ButtonLink>
        }
      >
        <p className="soft">{t('intro')}</p>
      </PageHeading>
      <Step loan={loan} userId={userId} />
    </>
  );
}

function Step({ loan, userId }: { readonly loan: Loan; readonly userId: string }) {
  const t = useTexts('import');
  const [parameters, setParameters] = useSearchParams();
  const [check, run] = [parameters.get('check'), parameters.get('run')];
  const { loan_id: loanId } = loan;
  const startAgain = () => setParameters({});
  if (run !== null) return <RunningImport key={run} loan={loan} importId={run} onStartAgain={startAgain} />;
  if (loan.status !== 'open') {
    return (
      <EmptyState action={<ButtonLink href={`/app/loans/${loanId}`}>{t('backToLoan')}</ButtonLink>}>{t('notOpen')}</EmptyState>
    );
  }
  if (check === null) return <FileStep loanId={loanId} userId={userId} onChecked={(id) => setParameters({ check: id })} />;
  return (
    <CheckedFile
      key={check}
      loan={loan}
      userId={userId}
      importId={check}
      onStarted={(id) => setParameters({ run: id }, { replace: true })}
      onStartAgain={startAgain}
    />
  );
}
