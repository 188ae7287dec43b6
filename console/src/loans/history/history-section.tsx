import type { Loan } from '@private-lending/client';
import { useMemo, useState } from 'react';
import { Button } from '../../design/components/button.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { Skeleton } from '../../design/components/skeleton.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { describeEntry } from './describe-entry.ts';
import { type HistoryEntry, toHistoryEntries } from './history-entries.ts';
import type { useHistory } from './use-history.ts';
import './history-section.css';

const ENTRIES_AT_ONCE = 10;

interface HistorySectionProps {
  readonly loan: Loan;
  readonly isBorrower: boolean;
  readonly history: ReturnType<typeof useHistory>;
}

/** What happened, the newest first. */
export function HistorySection({ loan, isBorrower, history: { data, error, refetch, isFetching, readMore } }: HistorySectionProps) {
  const t = useTexts('loans');
  const [shown, setShown] = useState(ENTRIES_AT_ONCE);
  const entries = useMemo(() => toHistoryEntries(data?.events ?? []), [data?.events]);
  return (
    <section className="stack">
      <h2>{t('history.title')}</h2>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={4} />}
      {data && !data.isComplete && (
        <div className="row">
          <p className="soft small">{t('history.incomplete', { count: data.events.length })}</p>
          <Button variant="quiet" isBusy={isFetching} onClick={() => void readMore()}>
            {t('history.readMore')}
          </Button>
        </div>
      )}
      <ol className="history">
        {entries.slice(0, shown).map((entry) => (
          <Entry key={entry.id} entry={entry} loan={loan} isBorrower={isBorrower} />
        ))}
      </ol>
      {shown < entries.length && (
        <div>
          <Button onClick={() => setShown(shown + 5 * ENTRIES_AT_ONCE)}>{t('history.showMore')}</Button>
        </div>
      )}
    </section>
  );
}

interface EntryProps extends Pick<HistorySectionProps, 'isBorrower' | 'loan'> {
  readonly entry: HistoryEntry;
}

function Entry({ entry, loan, isBorrower }: EntryProps) {
  const { language, money, dateTime } = useLocale();
  const t = useTexts('loans');
  return (
    <li className={`history-entry history-${entry.type.replace('.', '-')}`}>
      <p>{describeEntry({ t, language, money }, entry, { loan, isBorrower })}</p>
      <time className="soft small figures" dateTime={entry.at}>
        {dateTime(entry.at)}
      </time>
    </li>
  );
}
