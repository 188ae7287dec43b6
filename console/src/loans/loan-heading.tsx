import type { Loan } from '@private-lending/client';
import type { ReactNode } from 'react';
import { PageHeading } from '../design/components/page-heading.tsx';
import { StatusPill } from '../design/components/status-pill.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isClosedBelow, raisedAmountOf } from './raised-amount.ts';
import { TermsLine } from './terms-line.tsx';

interface LoanHeadingProps {
  readonly loan: Loan;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

export function LoanHeading({ loan, actions, children }: LoanHeadingProps) {
  const { t: common, money, date } = useLocale();
  const t = useTexts('loans');
  return (
    <PageHeading title={t('page.title', { amount: money(raisedAmountOf(loan), loan.currency) })} actions={actions}>
      {loan.purpose !== null && (
        <p>
          <bdi>{loan.purpose}</bdi>
        </p>
      )}
      {isClosedBelow(loan) && <p className="figures">{t('page.askedFor', { amount: money(loan.amount, loan.currency) })}</p>}
      <p className="row soft small">
        <StatusPill status={loan.status} text={isClosedBelow(loan) ? common('status.closed') : undefined} />
        <TermsLine rate={loan.interest_rate} months={loan.term_months} />
        <span>{t('page.posted', { date: date(loan.created_at) })}</span>
      </p>
      {children}
    </PageHeading>
  );
}
