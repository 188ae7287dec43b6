import type { Import, Loan } from '@private-lending/client';
import { useState } from 'react';
import { useAction } from '../app/use-action.ts';
import { Button } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { keepChosenFile, keepLastRun, readChosenFile } from './chosen-file.ts';
import { ImportFailure } from './import-failure.tsx';
import { ImportProgress } from './import-progress.tsx';
import { OutcomeTable } from './outcome-table.tsx';
import { invitedIn, leftOutIn } from './outcomes.ts';
import { isEnded, runImport, TOGETHER_MAX, useFollowedImport } from './use-import.ts';

interface CheckedFileProps {
  readonly loan: Loan;
  readonly userId: string;
  readonly importId: string;
  readonly onStarted: (importId: string) => void;
  readonly onStartAgain: () => void;
}

/** The second step: what would happen to each row, and the button that invites. */
export function CheckedFile({ loan, userId, importId, onStarted, onStartAgain }: CheckedFileProps) {
  const { loan_id: loanId } = loan;
  const { current, error, retry } = useFollowedImport(loanId, importId);
  if (error !== undefined) return <ImportFailure error={error} onRetry={retry} onStartAgain={onStartAgain} />;
  if (current === undefined) return <Skeleton lines={6} />;
  if (!isEnded(current)) return <ImportProgress current={current} />;
  return (
    <>
      <CheckSummary current={current} currency={loan.currency} />
      <Invite current={current} userId={userId} onStarted={onStarted} onStartAgain={onStartAgain} />
      <OutcomeTable current={current} currency={loan.currency} />
    </>
  );
}

function CheckSummary({ current, currency }: { readonly current: Import; readonly currency: string }) {
  const t = useTexts('import');
  const { money } = useLocale();
  const [invited, leftOut] = [invitedIn(current), leftOutIn(current)];
  const { failure, failure_code: code } = current;
  if (failure !== null) return <p className="field-error">{code === null ? failure : t(`failure.${code}`)}</p>;
  return (
    <div className="import-summary stack figures">
      <p>
        <strong>{t('checked.invited', { count: invited })}</strong>
        {invited > 0 && <> {t('checked.amount', { amount: money(current.amount_added, currency) })}</>}
      </p>
      {leftOut > 0 && <p>{t('checked.leftOut', { count: leftOut })}</p>}
      <p className="soft">{t('checked.nobodyYet')}</p>
    </div>
  );
}

interface InviteProps {
  readonly current: Import;
  readonly userId: string;
  readonly onStarted: (importId: string) => void;
  readonly onStartAgain: () => void;
}

function Invite({ current, userId, onStarted, onStartAgain }: InviteProps) {
  const t = useTexts('import');
  const loanId = current.loan_id;
  const [file] = useState(() => readChosenFile(userId, loanId));
  const [invited, leftOut] = [invitedIn(current), leftOutIn(current)];
  const run = useAction({
    mutationFn: async () => (file ? await runImport(loanId, file, current) : undefined),
    onSuccess: (importId) => {
      if (importId === undefined) return;
      keepChosenFile(userId, loanId, undefined);
      keepLastRun(userId, loanId, importId);
      onStarted(importId);
    },
  });
  const again = (
    <Button variant="quiet" onClick={onStartAgain}>
      {t('checked.again')}
    </Button>
  );
  if (invited === 0) return again;
  if (!file) return <Card>{[<p key="text">{t('checked.fileGone')}</p>, <div key="again">{again}</div>]}</Card>;
  const words = [t('run.invite', { count: invited }), ...(leftOut > 0 ? [t('run.leftOut', { count: leftOut })] : [])];
  const isTogether = leftOut === 0 && current.rows_total <= TOGETHER_MAX;
  return (
    <Card>
      <p>{t(isTogether ? 'run.together' : 'run.perRow')}</p>
      {!isTogether && <p className="soft">{t('run.limit')}</p>}
      {run.error && <ProblemNotice error={run.error} onRetry={() => run.mutate()} />}
      <div className="row">
        <Button variant="primary" isBusy={run.isPending} onClick={() => run.mutate()}>
          {words.join(', ')}
        </Button>
        {again}
      </div>
    </Card>
  );
}
