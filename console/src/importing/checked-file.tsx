import type { Import, Loan } from '@private-lending/client';
import { useState } from 'react';
import { useAction } from '../app/use-action.ts';
import { useAnnounced } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { type ChosenFile, keepChosenFile, keepLastRun, readCheckedFile } from './chosen-file.ts';
import { ImportFailure } from './import-failure.tsx';
import { ImportProgress } from './import-progress.tsx';
import { LeftOut } from './outcomes/left-out.tsx';
import { OutcomeTable } from './outcomes/outcome-table.tsx';
import { failureText, invitedIn, leftOutIn } from './outcomes/outcomes.ts';
import { isEnded, isTogether, mayTakeHours, runImport, useFollowedImport } from './use-import.ts';

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
      <CheckSummary current={current} loan={loan} />
      <Invite current={current} userId={userId} onStarted={onStarted} onStartAgain={onStartAgain} />
      <OutcomeTable current={current} currency={loan.currency} />
    </>
  );
}

function CheckSummary({ current, loan }: { readonly current: Import; readonly loan: Loan }) {
  const t = useTexts('import');
  const { money } = useLocale();
  const invited = invitedIn(current);
  const failure = failureText(current, t);
  const text = t('checked.invited', { count: invited });
  useAnnounced(failure ?? text);
  if (failure !== undefined) return <p className="field-error">{failure}</p>;
  return (
    <div className="import-summary stack figures">
      <p>
        <strong>{text}</strong>
        {invited > 0 && <> {t('checked.amount', { amount: money(current.amount_added, loan.currency) })}</>}
      </p>
      <LeftOut current={current} loan={loan} />
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
  const [file] = useState(() => readCheckedFile(userId, loanId, current.import_id));
  const [invited, leftOut] = [invitedIn(current), leftOutIn(current)];
  const run = useAction({
    mutationFn: (checked: ChosenFile) => runImport(loanId, checked, current),
    onSuccess: (importId) => {
      keepChosenFile(userId, loanId, undefined);
      keepLastRun(userId, loanId, importId);
    },
  });
  const again = (
    <Button variant={invited === 0 ? 'secondary' : 'quiet'} onClick={onStartAgain}>
      {t('checked.again')}
    </Button>
  );
  if (invited === 0) return <div>{again}</div>;
  if (!file) {
    return (
      <Card>
        <p>{t('checked.fileGone')}</p>
        <div>{again}</div>
      </Card>
    );
  }
  const start = () => run.mutate(file, { onSuccess: onStarted }); // not from another page
  const words = [t('run.invite', { count: invited }), ...(leftOut > 0 ? [t('run.leftOut', { count: leftOut })] : [])];
  return (
    <Card>
      <p>{t(isTogether(current) ? 'run.together' : 'run.perRow')}</p>
      {mayTakeHours(current) && <p className="soft">{t('run.limit')}</p>}
      {run.error && <ProblemNotice error={run.error} onRetry={start} />}
      <div className="row">
        <Button variant="primary" isBusy={run.isPending} onClick={start}>
          {words.join(', ')}
        </Button>
        {again}
      </div>
    </Card>
  );
}
