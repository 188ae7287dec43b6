import type { Loan } from '@private-lending/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { lending } from '../api/clients.ts';
import { keys } from '../api/queries.ts';
import { MailNote } from '../app/mail-note.tsx';
import { useAction } from '../app/use-action.ts';
import { differenceOf } from '../design/amounts.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Button } from '../design/components/button.tsx';
import { Dialog } from '../design/components/dialog.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { consequencesOf, type Ending } from './ending-consequences.ts';

interface EndLoanProps {
  readonly loan: Loan;
  readonly isReadOnly: boolean;
}

/** Ends a loan: closes it at what was accepted, or cancels it. */
export function EndLoanButton({ loan, isReadOnly }: EndLoanProps) {
  const t = useTexts('loans');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="quiet" disabled={isReadOnly} onClick={() => setOpen(true)}>
        {t('end.begin')}
      </Button>
      {isOpen && <EndLoanDialog loan={loan} isReadOnly={isReadOnly} onClose={() => setOpen(false)} />}
    </>
  );
}

function EndLoanDialog({ loan, isReadOnly, onClose }: EndLoanProps & { readonly onClose: () => void }) {
  const t = useTexts('loans');
  const [ending, setEnding] = useState<Ending | undefined>(undefined);
  const end = useEndLoan(loan, ending ?? 'cancel', onClose);
  const hasAccepted = loan.total_accepted > 0;
  return (
    <Dialog
      title={ending ? t(`end.question.${ending}`) : t('end.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('end.keep')}</Button>
          {ending && (
            <Button
              variant={ending === 'close' ? 'primary' : 'danger'}
              isBusy={end.isPending}
              disabled={isReadOnly}
              onClick={() => end.mutate()}
            >
              {t(`end.submit.${ending}`)}
            </Button>
          )}
        </>
      }
    >
      {isReadOnly && <p className="field-error">{t('live.readOnly')}</p>}
      {ending ? (
        <>
          <Consequences loan={loan} ending={ending} />
          {ending === 'close' && <MailNote />}
        </>
      ) : (
        <>
          <p>{hasAccepted ? t('end.text') : t('end.textNobody')}</p>
          <div className="row">
            {hasAccepted && <Button onClick={() => setEnding('close')}>{t('close.begin')}</Button>}
            <Button variant="danger" onClick={() => setEnding('cancel')}>
              {t('cancel.begin')}
            </Button>
          </div>
        </>
      )}
      {end.error && <ProblemNotice error={end.error} onRetry={() => end.mutate()} />}
    </Dialog>
  );
}

/** What follows from it. It has the focus, as the button that was pressed is gone. */
function Consequences({ loan, ending }: { readonly loan: Loan; readonly ending: Ending }) {
  const list = useRef<HTMLUListElement>(null);
  const consequences = useConsequences(loan, ending);
  useEffect(() => list.current?.focus(), []);
  return (
    <ul ref={list} className="bullets" tabIndex={-1}>
      {consequences.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function useConsequences(loan: Loan, ending: Ending): readonly string[] {
  const { money } = useLocale();
  const t = useTexts('loans');
  const { currency, total_accepted: accepted, total_invited: invited } = loan;
  const waiting = differenceOf(invited, accepted, currency);
  const texts = { accepted: money(accepted, currency), amount: money(loan.amount, currency), waiting: money(waiting, currency) };
  return consequencesOf(ending, { accepted, waiting }).map((key) => t(key, texts));
}

function useEndLoan(loan: Loan, ending: Ending, onEnded: () => void) {
  const t = useTexts('loans');
  const announce = useAnnounce();
  const queries = useQueryClient();
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  return useAction({
    mutationFn: async () =>
      ending === 'close'
        ? await lending.closeLoan(loan.loan_id, { idempotencyKey })
        : await lending.cancelLoan(loan.loan_id, { idempotencyKey }),
    onSuccess: ({ loan: ended }) => {
      onEnded();
      queries.setQueryData(keys.loan(loan.loan_id), ended);
      for (const queryKey of [keys.events(loan.loan_id), keys.myLoans]) void queries.invalidateQueries({ queryKey });
      announce(t(`end.done.${ending}`));
    },
  });
}
