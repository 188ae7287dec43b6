import type { Invitation, Loan } from '@private-lending/client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { lending } from '../api/clients.ts';
import { keys, PAGE_SIZE, useInvitations, useMyLoans } from '../api/queries.ts';
import { LiveStatus } from '../app/layout/live-status.tsx';
import { useMe } from '../app/session.tsx';
import { Button, ButtonLink } from '../design/components/button.tsx';
import { EmptyState } from '../design/components/empty-state.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { InvitationCard } from '../invitations/invitation-card.tsx';
import { LoanCard } from './loan-card.tsx';
import { sortInbox } from './sort-inbox.ts';
import './overview.css';

/** The user's loans and invitations, what needs an answer first. */
export function OverviewPage() {
  const t = useTexts('loans');
  const loans = useMyLoans();
  const invitations = useInvitations();
  const waiting = useWaitingInvitations(invitations.hasNextPage);
  const failed = [loans, invitations].find(({ error, data }) => error && !data);
  const isBehind = loans.isRefetchError || invitations.isRefetchError;
  const readAt = Math.min(loans.dataUpdatedAt, invitations.dataUpdatedAt);
  const isLoaded = loans.data && invitations.data;
  const hasAny = isLoaded && (loans.data.length > 0 || invitations.data.length > 0);
  return (
    <>
      <PageHeading
        title={t('overview.title')}
        actions={
          hasAny && (
            <ButtonLink href="/app/loans/new" variant="primary">
              {t('overview.newLoan')}
            </ButtonLink>
          )
        }
      />
      {hasAny && isBehind && <LiveStatus state={{ name: 'lost', since: readAt, isFinal: false }} />}
      {failed && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {!isLoaded && !failed && <Skeleton lines={8} />}
      {isLoaded && !hasAny && <NothingYet />}
      {hasAny && <Inbox loans={loans.data} invitations={withWaiting(invitations.data, waiting)} />}
      <More list={loans} text={t('overview.moreLoans')} />
      <More list={invitations} text={t('overview.moreInvitations')} />
    </>
  );
}

interface MoreProps {
  readonly list: ReturnType<typeof useInvitations> | ReturnType<typeof useMyLoans>;
  readonly text: string;
}

/** Loads the next page of a list. */
function More({ list: { error, fetchNextPage, hasNextPage, isFetchingNextPage }, text }: MoreProps) {
  if (!hasNextPage) return null;
  return (
    <div>
      {error && <ProblemNotice error={error} />}
      <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {text}
      </Button>
    </div>
  );
}

/** Pending invitations of later pages, so that what needs an answer is first also among hundreds. */
function useWaitingInvitations(isNeeded: boolean): readonly Invitation[] {
  const { data } = useQuery({
    queryKey: [...keys.invitations, 'pending'],
    queryFn: async ({ signal }) => (await lending.listInvitations({ status: 'pending', limit: PAGE_SIZE }, { signal })).invitations,
    enabled: isNeeded,
  });
  return data ?? [];
}

function withWaiting(invitations: readonly Invitation[], waiting: readonly Invitation[]): readonly Invitation[] {
  const known = new Set(invitations.map(({ loan_id }) => loan_id));
  return [...invitations, ...waiting.filter(({ loan_id }) => !known.has(loan_id))];
}

function NothingYet() {
  const t = useTexts('loans');
  const address = useMe().data?.user?.email ?? '';
  return (
    <EmptyState
      action={
        <ButtonLink href="/app/loans/new" variant="primary">
          {t('overview.newLoan')}
        </ButtonLink>
      }
    >
      {t('overview.empty', { address })}
    </EmptyState>
  );
}

function Inbox({ loans, invitations }: { readonly loans: readonly Loan[]; readonly invitations: readonly Invitation[] }) {
  const t = useTexts('loans');
  const inbox = sortInbox(loans, invitations, Date.now());
  const rows = (list: readonly Invitation[]) => list.map((each) => <InvitationCard key={each.loan_id} invitation={each} />);
  const cards = (list: readonly Loan[]) => list.map((each) => <LoanCard key={each.loan_id} loan={each} />);
  const ended = inbox.endedLoans.length + inbox.endedInvitations.length;
  return (
    <>
      <Group title={t('overview.toAnswer')} className="overview-to-answer">
        {rows(inbox.toAnswer)}
      </Group>
      <Group title={t('overview.myLoans')}>{cards(inbox.open)}</Group>
      <Group title={t('overview.funded')}>{cards(inbox.funded)}</Group>
      <Group title={t('overview.lending')}>{rows(inbox.lending)}</Group>
      {ended > 0 && (
        <details className="overview-ended" open={ended === loans.length + invitations.length || undefined}>
          <summary>{t('overview.ended', { count: ended })}</summary>
          <ul className="overview-list">
            {cards(inbox.endedLoans)}
            {rows(inbox.endedInvitations)}
          </ul>
        </details>
      )}
    </>
  );
}

interface GroupProps {
  readonly title: string;
  readonly className?: string;
  readonly children: readonly ReactNode[];
}

function Group({ title, className = '', children }: GroupProps) {
  if (children.length === 0) return null;
  return (
    <section className={`overview-group stack ${className}`}>
      <h2>{title}</h2>
      <ul className="overview-list">{children}</ul>
    </section>
  );
}
