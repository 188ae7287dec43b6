import type { Lender, Loan } from '@private-lending/client';
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useMailsOnTheirWay } from '../../api/queries.ts';
import { useAnnounced } from '../../design/announcer.tsx';
import { ButtonLink } from '../../design/components/button.tsx';
import { EmptyState } from '../../design/components/empty-state.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { Skeleton } from '../../design/components/skeleton.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { keepPrefill } from '../../inviting/prefill.ts';
import type { History } from '../history/read-history.ts';
import { answerTimes } from './answer-times.ts';
import type { LendersView } from './arrange-lenders.ts';
import { LenderDialog } from './lender-dialog.tsx';
import { LenderTable } from './lender-table.tsx';
import { LenderTools } from './lender-tools.tsx';
import type { LenderStatus } from './merge-lenders.ts';
import { useArrangedLenders } from './use-arranged-lenders.ts';
import { ARRANGED_MAX } from './use-lenders.ts';

const NEWEST: LendersView = { status: undefined, order: 'newest', search: '' };

interface LendersSectionProps {
  readonly loan: Loan;
  readonly isBorrower: boolean;
  readonly isReadOnly: boolean;
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
  readonly onChanged: (lender: Lender) => void;
  readonly history: History | undefined;
}

/** The borrower's lenders, or a lender's own row. */
export function LendersSection({ loan, isBorrower, isReadOnly, changes, onChanged, history }: LendersSectionProps) {
  const t = useTexts('loans');
  const [view, setView] = useState(NEWEST);
  const [managedId, setManagedId] = useState<string | undefined>(undefined);
  const { list, counts, canArrange } = useArrangedLenders({ loan, changes, view, isBorrower });
  const { lenders, pageCount, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const times = useMemo(() => answerTimes(history?.events ?? [], history?.isComplete === true), [history]);
  const inviteAgain = useInviteAgain(loan.loan_id);
  // What is managed may leave a filtered list.
  const managed =
    managedId === undefined ? undefined : (lenders?.find(({ lender_id: id }) => id === managedId) ?? changes.get(managedId));
  const canManage = isBorrower && loan.status === 'open';
  return (
    <section className="stack">
      <div className="lenders-heading">
        <h2>{isBorrower ? <Title loan={loan} counts={counts} /> : t('lenders.ownTitle')}</h2>
        {isBorrower && (loan.lender_count > 0 || view !== NEWEST) && (
          <LenderTools loanStatus={loan.status} view={view} onChange={setView} counts={counts} canArrange={canArrange} />
        )}
      </div>
      {isBorrower && <MailsOnTheirWay loanId={loan.loan_id} />}
      {isBorrower && !canArrange && loan.lender_count > ARRANGED_MAX && (
        <p className="soft small">{t('lenders.tooMany', { max: ARRANGED_MAX })}</p>
      )}
      {error && !lenders && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!lenders && !error && <Skeleton lines={6} />}
      {lenders?.length === 0 && !hasNextPage && <NoLenders loan={loan} view={view} isReadOnly={isReadOnly} />}
      {lenders && lenders.length > 0 && (
        <LenderTable
          lenders={lenders}
          isComplete={!hasNextPage}
          loan={loan}
          times={times}
          isReadOnly={isReadOnly}
          onManage={canManage ? setManagedId : undefined}
          onInviteAgain={canManage && loan.remaining > 0 ? inviteAgain : undefined}
        />
      )}
      {hasNextPage && (
        <MoreRows
          key={pageCount}
          isLoading={isFetchingNextPage}
          error={lenders ? error : null}
          onLoad={() => void fetchNextPage()}
        />
      )}
      {!isBorrower && (
        <div>
          <ButtonLink href={`/app/invitations/${loan.loan_id}`}>{t('lenders.toInvitation')}</ButtonLink>
        </div>
      )}
      {managed && (
        <LenderDialog
          loan={loan}
          lender={managed}
          isReadOnly={isReadOnly}
          onChanged={onChanged}
          onClose={() => setManagedId(undefined)}
        />
      )}
    </section>
  );
}

/** Mail about invitations leaves by itself, some of it on the next days. */
function MailsOnTheirWay({ loanId }: { readonly loanId: string }) {
  const t = useTexts('loans');
  const count = useMailsOnTheirWay(loanId);
  return count > 0 && <p className="soft small">{t('lenders.mailsOnTheirWay', { count })}</p>;
}

/** Leads to the page for inviting, with a person filled in. */
function useInviteAgain(loanId: string): (lender: Lender) => void {
  const [, navigate] = useLocation();
  return useCallback(
    ({ email, name, contribution_amount: amount }) => {
      keepPrefill(loanId, [{ email, amount: String(amount), ...(name !== undefined && { name }) }]);
      navigate(`/app/loans/${loanId}/invite`);
    },
    [loanId, navigate],
  );
}

interface TitleProps {
  readonly loan: Loan;
  /** Undefined where not all lenders are read. */
  readonly counts: Readonly<Record<LenderStatus, number>> | undefined;
}

function Title({ loan, counts }: TitleProps) {
  const t = useTexts('loans');
  const count = counts ? Object.values(counts).reduce((sum, each) => sum + each, 0) : loan.lender_count;
  if (!counts || count === 0) return t('lenders.title', { count });
  const { accepted, pending: waiting } = counts;
  return waiting > 0 ? t('lenders.titleWaiting', { accepted, waiting }) : t('lenders.titleAccepted', { accepted });
}

interface NoLendersProps extends Pick<LendersSectionProps, 'isReadOnly' | 'loan'> {
  readonly view: LendersView;
}

function NoLenders({ loan, view, isReadOnly }: NoLendersProps) {
  const t = useTexts('loans');
  if (view.search !== '') return <NoneFound text={t('lenders.noneFound')} />;
  if (view.status !== undefined) return <NoneFound text={t('lenders.noneOfStatus')} />;
  if (loan.status !== 'open') return <p className="soft">{t('lenders.noneEver')}</p>;
  return (
    <EmptyState
      action={
        <div className="row">
          <ButtonLink href={`/app/loans/${loan.loan_id}/invite`} variant="primary" disabled={isReadOnly}>
            {t('page.invite')}
          </ButtonLink>
          <ButtonLink href={`/app/loans/${loan.loan_id}/import`} disabled={isReadOnly}>
            {t('page.import')}
          </ButtonLink>
        </div>
      }
    >
      {t('lenders.none')}
    </EmptyState>
  );
}

/** The result of a search or a filter, which screen readers don't see appear. */
function NoneFound({ text }: { readonly text: string }) {
  useAnnounced(text);
  return <p className="soft">{text}</p>;
}

interface MoreRowsProps {
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly onLoad: () => void;
}

/** Loads one more page when the end of the list comes near. */
function MoreRows({ isLoading, error, onLoad }: MoreRowsProps) {
  const end = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    // Entries may be several, the newest last.
    const report = (entries: readonly IntersectionObserverEntry[]) => setNear(entries.at(-1)?.isIntersecting === true);
    const observer = new IntersectionObserver(report, { rootMargin: '1500px 0px' });
    if (end.current) observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  const load = useEffectEvent(onLoad);
  const hasFailed = error !== null && error !== undefined;
  useEffect(() => {
    if (isNear && !isLoading && !hasFailed) load();
  }, [isNear, isLoading, hasFailed]);
  return (
    <div ref={end} className="lenders-more">
      {hasFailed ? <ProblemNotice error={error} onRetry={onLoad} /> : <Skeleton lines={3} />}
    </div>
  );
}
