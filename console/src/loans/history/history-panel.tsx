import type { Event, Loan } from '@private-lending/client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../design/components/button.tsx';
import { Card } from '../../design/components/card.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { Skeleton } from '../../design/components/skeleton.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { describeEntry } from './describe-entry.ts';
import { type HistoryEntry, toHistoryEntries } from './history-entries.ts';
import type { History } from './read-history.ts';
import type { useHistory } from './use-history.ts';
import './history-panel.css';

/** Few at first: the lenders come below. */
const ENTRIES_AT_FIRST = 4;
const ENTRIES_MORE = 50;

interface HistoryPanelProps {
  readonly loan: Loan;
  readonly isBorrower: boolean;
  /** What is known of the history. */
  readonly data: History | undefined;
  readonly history: ReturnType<typeof useHistory>;
}

/** What happened, the newest first. */
export function HistoryPanel({ loan, isBorrower, data, history: { error, refetch, isFetching, readMore } }: HistoryPanelProps) {
  const t = useTexts('loans');
  const [shown, setShown] = useState(ENTRIES_AT_FIRST);
  const list = useRef<HTMLOListElement>(null);
  const entries = useMemo(() => toHistoryEntries(data?.events ?? []), [data?.events]);
  // The button that was pressed may be gone.
  useEffect(() => {
    if (shown > ENTRIES_AT_FIRST) list.current?.querySelector<HTMLElement>(`:nth-child(${shown - ENTRIES_MORE + 1})`)?.focus();
  }, [shown]);
  return (
    <Card title={t('history.title')}>
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
      <ol ref={list} className="timeline">
        {entries.slice(0, shown).map((entry) => (
          <Entry key={entry.id} entry={entry} loan={loan} isBorrower={isBorrower} events={data?.events ?? []} />
        ))}
      </ol>
      {shown < entries.length && (
        <div>
          <Button isSmall onClick={() => setShown(shown + ENTRIES_MORE)}>
            {t('history.showMore')}
          </Button>
        </div>
      )}
    </Card>
  );
}

interface EntryProps extends Pick<HistoryPanelProps, 'isBorrower' | 'loan'> {
  readonly entry: HistoryEntry;
  readonly events: readonly Event[];
}

function Entry({ entry, loan, isBorrower, events }: EntryProps) {
  const { language, money, dateTime } = useLocale();
  const t = useTexts('loans');
  return (
    <li className={`history-${entry.type.replace('.', '-')}`} tabIndex={-1}>
      <p>{describeEntry({ t, language, money }, entry, { loan, isBorrower, events })}</p>
      <time className="soft small figures" dateTime={entry.at}>
        {dateTime(entry.at)}
      </time>
    </li>
  );
}
