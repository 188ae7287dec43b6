import type { Import, ImportRow } from '@private-lending/client';
import { readAmount } from '@private-lending/locale/read-amount';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { lending } from '../../api/clients.ts';
import { keys } from '../../api/queries.ts';
import { useAction } from '../../app/use-action.ts';
import { Button } from '../../design/components/button.tsx';
import { SelectField } from '../../design/components/field.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { Skeleton } from '../../design/components/skeleton.tsx';
import { ROLES } from '../../design/table-roles.ts';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { currencyOf } from '../../inviting/model/currency-of.ts';
import { useProblemText } from '../../inviting/use-problem-text.ts';
import { CorrectRows } from '../correct-rows.tsx';
import { problemOfRow } from '../row-problem.ts';
import { saveCsv } from '../save-file.ts';
import { type Filter, nextRows, type Outcome, outcomesOf, type RowsFrom } from './outcomes.ts';
import '../../design/components/status-pill.css';
import './outcome-table.css';

const PAGE_SIZE = 50;

interface OutcomeTableProps {
  readonly current: Import;
  readonly currency: string;
}

/** The outcome of each row, problems first, with a filter and as a file. */
export function OutcomeTable({ current, currency }: OutcomeTableProps) {
  const t = useTexts('import');
  const [filter, setFilter] = useState<Filter>('all');
  const outcomes = outcomesOf(current);
  const sections = filter === 'all' ? outcomes : outcomes.filter((outcome) => outcome === filter);
  return (
    <div className="stack">
      <h2 id="import-rows">{t('rows.title')}</h2>
      <div className="rows-tools">
        <SelectField label={t('rows.show')} value={filter} onChange={(event) => setFilter(toFilter(event.target.value, outcomes))}>
          <option value="all">{t('rows.all', { count: current.rows_total })}</option>
          {outcomes.map((outcome) => (
            <option key={outcome} value={outcome}>
              {t('rows.option', { outcome: t(`outcome.${outcome}`), count: current.outcomes[outcome] })}
            </option>
          ))}
        </SelectField>
        <Download current={current} />
        <CorrectRows current={current} currency={currencyOf(currency)} />
      </div>
      <Rows key={sections.join()} current={current} currency={currency} sections={sections} />
    </div>
  );
}

function toFilter(value: string, outcomes: readonly Outcome[]): Filter {
  return outcomes.find((outcome) => outcome === value) ?? 'all';
}

function Rows({ current, currency, sections }: OutcomeTableProps & { readonly sections: readonly Outcome[] }) {
  const t = useTexts('import');
  const { loan_id: loanId, import_id: importId, rows_done: done } = current;
  const [first = 'pending'] = sections;
  const initialPageParam: RowsFrom = { outcome: first };
  const rows = useInfiniteQuery({
    queryKey: [...keys.loan(loanId), 'imports', importId, done, ...sections],
    queryFn: async ({ pageParam, signal }) =>
      await lending.listImportRows(loanId, importId, { limit: PAGE_SIZE, ...pageParam }, { signal }),
    initialPageParam,
    getNextPageParam: ({ next_cursor: cursor }, _, from) => nextRows(sections, from, cursor),
    staleTime: Number.POSITIVE_INFINITY, // rows with an outcome keep it
  });
  const { data, isFetching, hasNextPage, fetchNextPage } = rows;
  const isShort = data !== undefined && data.pages.reduce((sum, page) => sum + page.rows.length, 0) < PAGE_SIZE;
  // A page ends where an outcome does: the table gets the first rows of the next ones too.
  useEffect(() => {
    if (isShort && hasNextPage && !isFetching && rows.error === null) void fetchNextPage();
  }, [isShort, hasNextPage, isFetching, fetchNextPage, rows.error]);
  if (data === undefined) {
    return rows.error ? <ProblemNotice error={rows.error} onRetry={() => void rows.refetch()} /> : <Skeleton lines={6} />;
  }
  return (
    <>
      {/* Its roles stay where a style makes cards of the rows. */}
      <table {...ROLES.table} className="data-table outcomes" aria-labelledby="import-rows">
        <thead {...ROLES.rowgroup}>
          <tr {...ROLES.row}>
            {(['line', 'outcome', 'email', 'amount', 'name'] as const).map((column) => (
              <th key={column} {...ROLES.columnheader} scope="col" className={`outcome-${column}`}>
                {t(`rows.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...ROLES.rowgroup}>
          {data.pages.flatMap((page) => page.rows.map((row) => <OutcomeRow key={row.row} row={row} currency={currency} />))}
        </tbody>
      </table>
      {rows.error && <ProblemNotice error={rows.error} onRetry={() => void fetchNextPage()} />}
      {hasNextPage && (
        <div>
          <Button isBusy={rows.isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('rows.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function OutcomeRow({ row, currency: code }: { readonly row: ImportRow; readonly currency: string }) {
  const t = useTexts('import');
  const { amount: format, language } = useLocale();
  const currency = currencyOf(code);
  const describe = useProblemText(currency);
  const { outcome, contribution_amount: amount } = row;
  // What is wrong stays as it is in the file.
  const read = outcome === 'invalid' ? undefined : readAmount(amount, { currency });
  return (
    <tr {...ROLES.row}>
      <td {...ROLES.cell} className="figures outcome-line">
        <span className="outcome-label" aria-hidden="true">
          {t('rows.line')}{' '}
        </span>
        {row.line}
      </td>
      <td {...ROLES.cell} className="outcome-outcome">
        <span className={`status-pill outcome-is-${outcome}`}>{t(`outcome.${outcome}`)}</span>
        {outcome === 'invalid' && <p className="small">{describe(problemOfRow(row, currency, language))}</p>}
      </td>
      <td {...ROLES.cell} className="outcome-email">
        <bdi>{row.email}</bdi>
      </td>
      <td {...ROLES.cell} className="figures outcome-amount">
        {read && 'amount' in read ? format(read.amount, code) : amount}
      </td>
      <td {...ROLES.cell} className="outcome-name">
        <bdi>{row.name}</bdi>
      </td>
    </tr>
  );
}

/** All rows with their outcome as a file, which can be corrected and imported again. */
function Download({ current }: { readonly current: Import }) {
  const t = useTexts('import');
  const { loan_id: loanId, import_id: importId } = current;
  const download = useAction({
    mutationFn: () => lending.exportImportRows(loanId, importId, { deadlineMs: 120_000 }),
    onSuccess: (csv) => saveCsv(csv, t('rows.fileName')),
  });
  return (
    <>
      <Button isBusy={download.isPending} onClick={() => download.mutate()}>
        {t('rows.download')}
      </Button>
      {download.error && <ProblemNotice error={download.error} onRetry={() => download.mutate()} />}
    </>
  );
}
