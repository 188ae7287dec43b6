import type { Lender, Loan } from '@private-lending/client';
import { useCallback, useEffect, useEffectEvent, useId, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { ButtonLink } from '../../design/components/button.tsx';
import { EmptyState } from '../../design/components/empty-state.tsx';
import { ProblemNotice } from '../../design/components/problem-notice.tsx';
import { Skeleton } from '../../design/components/skeleton.tsx';
import { useLocale } from '../../i18n/locale-context.tsx';
import { useTexts } from '../../i18n/use-texts.ts';
import { keepPrefill } from '../../inviting/prefill.ts';
import type { useHistory } from '../history/use-history.ts';
import { answerTimes } from './answer-times.ts';
import { LenderDialog } from './lender-dialog.tsx';
import { LenderTable } from './lender-table.tsx';
import type { LenderStatus } from './merge-lenders.ts';
import { useLenders } from './use-lenders.ts';

const STATUSES = ['pending', 'accepted', 'declined', 'expired', 'revoked'] as const satisfies readonly LenderStatus[];

interface LendersSectionProps {
  readonly loan: Loan;
  readonly isBorrower: boolean;
  readonly isReadOnly: boolean;
  /** What came since the rows were read, by lender id. */
  readonly changes: ReadonlyMap<string, Lender>;
  readonly onChanged: (lender: Lender) => void;
  readonly history: ReturnType<typeof useHistory>['data'];
}

/** The borrower's lenders, or a lender's own row. */
export function LendersSection({ loan, isBorrower, isReadOnly, changes, onChanged, history }: LendersSectionProps) {
  const t = useTexts('loans');
  const [status, setStatus] = useState<LenderStatus>();
  const [managedId, setManagedId] = useState<string>();
  const { lenders, pageCount, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useLenders({
    loan,
    status,
    changes,
  });
  const times = useMemo(() => answerTimes(history?.events ?? [], history?.isComplete === true), [history]);
  const [, navigate] = useLocation();
  const inviteAgain = useCallback(
    ({ email, name, contribution_amount: amount }: Lender) => {
      keepPrefill(loan.loan_id, [{ email, amount: String(amount), ...(name !== undefined && { name }) }]);
      navigate(`/app/loans/${loan.loan_id}/invite`);
    },
    [loan.loan_id, navigate],
  );
  const managed = lenders?.find(({ lender_id }) => lender_id === managedId);
  const canManage = isBorrower && !isReadOnly && loan.status === 'open';
  return (
    <section className="stack">
      <div className="lenders-heading">
        <h2>{isBorrower ? t('lenders.title', { count: loan.lender_count }) : t('lenders.ownTitle')}</h2>
        {isBorrower && <StatusFilter status={status} onChange={setStatus} />}
      </div>
      {error && !lenders && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!lenders && !error && <Skeleton lines={6} />}
      {lenders?.length === 0 && !hasNextPage && <NoLenders loan={loan} isFiltered={status !== undefined} />}
      {lenders && lenders.length > 0 && (
        <LenderTable
          lenders={lenders}
          isComplete={!hasNextPage}
          currency={loan.currency}
          times={times}
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

interface StatusFilterProps {
  readonly status: LenderStatus | undefined;
  readonly onChange: (status: LenderStatus | undefined) => void;
}

function StatusFilter({ status, onChange }: StatusFilterProps) {
  const { t: common } = useLocale();
  const t = useTexts('loans');
  const id = useId();
  return (
    <div className="row">
      <label className="small" htmlFor={id}>
        {t('lenders.filter')}
      </label>
      <span className="field-control">
        <select id={id} value={status ?? ''} onChange={({ target }) => onChange(STATUSES.find((each) => each === target.value))}>
          <option value="">{t('lenders.all')}</option>
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {common(`status.${each}`)}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

function NoLenders({ loan, isFiltered }: { readonly loan: Loan; readonly isFiltered: boolean }) {
  const t = useTexts('loans');
  if (isFiltered) return <p className="soft">{t('lenders.noneOfStatus')}</p>;
  if (loan.status !== 'open') return <p className="soft">{t('lenders.noneEver')}</p>;
  return (
    <EmptyState
      action={
        <div className="row">
          <ButtonLink href={`/app/loans/${loan.loan_id}/invite`} variant="primary">
            {t('page.invite')}
          </ButtonLink>
          <ButtonLink href={`/app/loans/${loan.loan_id}/import`}>{t('page.import')}</ButtonLink>
        </div>
      }
    >
      {t('lenders.none')}
    </EmptyState>
  );
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
