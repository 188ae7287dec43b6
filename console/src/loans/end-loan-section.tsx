import type { Loan } from '@private-lending/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { lending } from '../api/clients.ts';
import { keys } from '../api/queries.ts';
import { differenceOf } from '../design/amounts.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { Card } from '../design/components/card.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

type Ending = 'cancel' | 'close';

interface EndLoanProps {
  readonly loan: Loan;
  readonly isReadOnly: boolean;
}

/** Closes or cancels a loan. */
export function EndLoanSection({ loan, isReadOnly }: EndLoanProps) {
  const t = useTexts('loans');
  const [ending, setEnding] = useState<Ending | undefined>(undefined);
  const hasAccepted = loan.total_accepted > 0;
  return (
    <Card title={t('end.title')}>
      <p>{hasAccepted ? t('end.text') : t('end.textNobody')}</p>
      <div className="row">
        {hasAccepted && (
          <Button disabled={isReadOnly} onClick={() => setEnding('close')}>
            {t('close.begin')}
          </Button>
        )}
        <Button variant="danger" disabled={isReadOnly} onClick={() => setEnding('cancel')}>
          {t('cancel.begin')}
        </Button>
      </div>
      {ending && <EndLoanDialog loan={loan} ending={ending} isReadOnly={isReadOnly} onClose={() => setEnding(undefined)} />}
    </Card>
  );
}

interface EndLoanDialogProps extends EndLoanProps {
  readonly ending: Ending;
  readonly onClose: () => void;
}

function EndLoanDialog({ loan, ending, isReadOnly, onClose }: EndLoanDialogProps) {
  const t = useTexts('loans');
  const end = useEndLoan(loan, ending, onClose);
  const consequences = useConsequences(loan, ending);
  return (
    <Dialog
      title={t(`end.question.${ending}`)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('end.keep')}</Button>
          <Button
            variant={ending === 'close' ? 'primary' : 'danger'}
            isBusy={end.isPending}
            disabled={isReadOnly}
            onClick={() => end.mutate()}
          >
            {t(`end.submit.${ending}`)}
          </Button>
        </>
      }
    >
      {isReadOnly && <p className="field-error">{t('live.readOnly')}</p>}
      <ul className="bullets">
        {consequences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {end.error && <ProblemNotice error={end.error} onRetry={() => end.mutate()} />}
    </Dialog>
  );
}

/** What follows, in words: what the loan becomes, what ends, who gets mail, and what can't be undone. */
function useConsequences(loan: Loan, ending: Ending): readonly string[] {
  const { money } = useLocale();
  const t = useTexts('loans');
  const { currency, total_accepted: accepted, total_invited: invited } = loan;
  const waiting = differenceOf(invited, accepted, currency);
  const texts = { accepted: money(accepted, currency), amount: money(loan.amount, currency), waiting: money(waiting, currency) };
  const waits = waiting > 0 ? [t('end.waitingEnds', texts)] : [];
  if (ending === 'close') return [t('close.funded', texts), ...waits, t('close.mail'), t('close.final')];
  const acceptedEnds = accepted > 0 ? [t('cancel.acceptedEnds', texts)] : [];
  return [t('cancel.nothing'), ...acceptedEnds, ...waits, t('cancel.mail'), t('cancel.final')];
}

function useEndLoan(loan: Loan, ending: Ending, onEnded: () => void) {
  const t = useTexts('loans');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async () =>
      ending === 'close'
        ? await lending.closeLoan(loan.loan_id, { idempotencyKey })
        : await lending.cancelLoan(loan.loan_id, { idempotencyKey }),
    onSuccess: ({ loan: ended }) => {
      onEnded();
      queries.setQueryData(keys.loan(loan.loan_id), ended);
      for (const queryKey of [keys.events(loan.loan_id), keys.myLoans]) void queries.invalidateQueries({ queryKey });
      announce(t(`end.done.${ending}`));
      // The button that opened the dialog is gone.
      setTimeout(() => document.querySelector('h1')?.focus());
    },
  });
}
