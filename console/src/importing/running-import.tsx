import type { Import, Loan } from '@private-lending/client';
import { MailNote } from '../app/mail-note.tsx';
import { useAnnounced } from '../design/announcer.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { ImportFailure } from './import-failure.tsx';
import { ImportProgress } from './import-progress.tsx';
import { LeftOut } from './outcomes/left-out.tsx';
import { OutcomeTable } from './outcomes/outcome-table.tsx';
import { failureText } from './outcomes/outcomes.ts';
import { isEnded, useFollowedImport } from './use-import.ts';

interface RunningImportProps {
  readonly loan: Loan;
  readonly importId: string;
  readonly onStartAgain: () => void;
}

/** The third step: the people are being invited, or were. */
export function RunningImport({ loan, importId, onStartAgain }: RunningImportProps) {
  const { current, error, retry } = useFollowedImport(loan.loan_id, importId);
  if (error !== undefined) return <ImportFailure error={error} onRetry={retry} onStartAgain={onStartAgain} />;
  if (current === undefined) return <Skeleton lines={6} />;
  const hasOutcomes = isEnded(current) || current.status === 'waiting';
  return (
    <>
      {isEnded(current) ? (
        <Result current={current} loan={loan} onStartAgain={onStartAgain} />
      ) : (
        <ImportProgress current={current} />
      )}
      {hasOutcomes && <OutcomeTable current={current} currency={loan.currency} />}
    </>
  );
}

interface ResultProps {
  readonly current: Import;
  readonly loan: Loan;
  readonly onStartAgain: () => void;
}

function Result({ current, loan, onStartAgain }: ResultProps) {
  const t = useTexts('import');
  const { money } = useLocale();
  const failure = failureText(current, t);
  const title = t('done.invited', { count: current.outcomes.added });
  useAnnounced(failure ?? title);
  return (
    <Card title={title}>
      {failure !== undefined && (
        <div className="notice notice-failed">
          <p className="problem-detail">{failure}</p>
        </div>
      )}
      {current.outcomes.added > 0 && (
        <>
          <p className="figures">{t('done.amount', { amount: money(current.amount_added, loan.currency) })}</p>
          <p className="soft small">{t('done.heldBack')}</p>
          <MailNote />
        </>
      )}
      <LeftOut current={current} loan={loan} />
      <div className="row">
        <ButtonLink href={`/app/loans/${loan.loan_id}`} variant="primary">
          {t('backToLoan')}
        </ButtonLink>
        <Button onClick={onStartAgain}>{t('done.another')}</Button>
      </div>
    </Card>
  );
}
