import { useSearchParams } from 'wouter';
import { LiveStatus } from '../app/layout/live-status.tsx';
import { Button } from '../design/components/button.tsx';
import { EmptyState } from '../design/components/empty-state.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { HOLD_STATUSES, HoldFilter } from './hold-filter.tsx';
import { HoldItem } from './hold-item.tsx';
import { useHolds } from './hold-queries.ts';
import './holds.css';

/** Invitations with a high score, for operators. */
export function HoldsPage() {
  const { t: common } = useLocale();
  const t = useTexts('operator');
  const [search] = useSearchParams();
  const status = HOLD_STATUSES.find((each) => each === search.get('status'));
  const list = useHolds(status);
  const { data: holds, error, isRefetchError, dataUpdatedAt: readAt } = list;
  return (
    <>
      <PageHeading title={common('suspicious')}>
        <p className="soft">{t('about')}</p>
      </PageHeading>
      <HoldFilter chosen={status} />
      {holds && isRefetchError && <LiveStatus state={{ name: 'lost', since: readAt, isFinal: false }} />}
      {!holds && error && <ProblemNotice error={error} onRetry={() => void list.refetch()} />}
      {!holds && !error && <Skeleton lines={8} />}
      {holds?.length === 0 && !list.hasNextPage && <EmptyState>{t(`empty.${status ?? 'undecided'}`)}</EmptyState>}
      {holds && holds.length > 0 && (
        <ul className="hold-list">
          {holds.map((hold) => (
            <HoldItem key={hold.hold_id} hold={hold} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <div>
          {list.isFetchNextPageError && <ProblemNotice error={error} />}
          <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </>
  );
}
