import type { Import, ImportRow } from '@private-lending/client';
import type { Currency } from '@private-lending/locale/currencies';
import { useLocation } from 'wouter';
import { lending } from '../api/clients.ts';
import { PAGE_SIZE } from '../api/queries.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from '../design/components/button.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { ROWS_MAX } from '../inviting/model/rows.ts';
import { keepPrefill } from '../inviting/prefill.ts';
import { useProblemText } from '../inviting/use-problem-text.ts';
import { toPastedRow } from './row-problem.ts';

/** Takes the invalid rows into the table of people, where the user corrects them. */
export function CorrectRows({ current, currency }: { readonly current: Import; readonly currency: Currency }) {
  const t = useTexts('import');
  const { language } = useLocale();
  const describe = useProblemText(currency);
  const [, navigate] = useLocation();
  const { loan_id: loanId, import_id: importId } = current;
  const { invalid: count } = current.outcomes;
  const take = useAction({
    mutationFn: async () =>
      await lending.listImportRows(loanId, importId, { outcome: 'invalid', limit: PAGE_SIZE }).toArray({ limit: ROWS_MAX }),
  });
  const correct = (rows: readonly ImportRow[]) => {
    keepPrefill(
      loanId,
      rows.map((row) => toPastedRow(row, { currency, language, describe })),
      'file',
    );
    navigate(`/app/loans/${loanId}/invite`);
  };
  const start = () => take.mutate(undefined, { onSuccess: correct }); // not from another page
  if (count === 0 || count > ROWS_MAX) return null;
  return (
    <>
      <Button isBusy={take.isPending} onClick={start}>
        {t('rows.correct', { count })}
      </Button>
      {take.error && <ProblemNotice error={take.error} onRetry={start} />}
    </>
  );
}
