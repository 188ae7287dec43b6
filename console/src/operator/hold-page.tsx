import { type HoldWithLenders, NotFoundError } from '@private-lending/client';
import { ButtonLink } from '../design/components/button.tsx';
import { PageHeading } from '../design/components/page-heading.tsx';
import { ProblemNotice } from '../design/components/problem-notice.tsx';
import { Skeleton } from '../design/components/skeleton.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { DecisionPanel } from './decision-panel.tsx';
import { HoldLenders } from './hold-lenders.tsx';
import { HoldPill } from './hold-pill.tsx';
import { useHold } from './hold-queries.ts';
import { HoldReasons } from './hold-reasons.tsx';
import { HoldTerms } from './hold-terms.tsx';
import './hold.css';

/** Invitations with a high score: why, what the people see, and the decision. */
export function HoldPage({ holdId }: { readonly holdId: string }) {
  const { t: common } = useLocale();
  const t = useTexts('operator');
  const { data: hold, error, refetch } = useHold(holdId);
  if (hold) return <OpenedHold key={holdId} hold={hold} />;
  const text = error instanceof NotFoundError ? t('notFound') : undefined;
  return (
    <>
      <PageHeading title={common('suspicious')} actions={<ToHolds />} />
      {error ? <ProblemNotice error={error} text={text} onRetry={() => void refetch()} /> : <Skeleton lines={10} />}
    </>
  );
}

function OpenedHold({ hold }: { readonly hold: HoldWithLenders }) {
  const { dateTime } = useLocale();
  const t = useTexts('operator');
  const { borrower } = hold;
  const title = t('holdTitle', { count: hold.invitations, borrower: borrower.name ?? borrower.email });
  return (
    <>
      <PageHeading title={title} actions={<ToHolds />}>
        <p className="row soft small">
          <HoldPill status={hold.status} />
          <span className="figures">{t('invitedAt', { time: dateTime(hold.invited_at) })}</span>
        </p>
      </PageHeading>
      <DecisionPanel hold={hold} />
      <div className="hold-panels">
        <HoldReasons hold={hold} />
        <HoldTerms hold={hold} />
        <HoldLenders hold={hold} />
      </div>
    </>
  );
}

function ToHolds() {
  const t = useTexts('operator');
  return (
    <ButtonLink href="/app/operator/holds" variant="quiet">
      {t('back')}
    </ButtonLink>
  );
}
