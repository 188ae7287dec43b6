import type { Loan } from '@private-lending/client';
import { Link } from 'wouter';
import { FundingBar } from '../design/components/funding-bar.tsx';
import { StatusPill } from '../design/components/status-pill.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { useFundingText } from '../loans/funding/use-funding-text.ts';
import { isClosedBelow, raisedAmountOf } from '../loans/raised-amount.ts';
import { TermsLine } from '../loans/terms-line.tsx';

/** A loan of the user in a list, and what it waits for. */
export function LoanCard({ loan }: { readonly loan: Loan }) {
  const { t: common, money } = useLocale();
  const t = useTexts('loans');
  const describeFunding = useFundingText();
  return (
    <li className="overview-item">
      <Link href={`/app/loans/${loan.loan_id}`} className="overview-item-link figures">
        {money(raisedAmountOf(loan), loan.currency)}
      </Link>
      <StatusPill status={loan.status} text={isClosedBelow(loan) ? common('status.closed') : undefined} />
      <div className="overview-item-about">
        {loan.purpose !== null && (
          <p>
            <bdi>{loan.purpose}</bdi>
          </p>
        )}
        <p className="soft small">
          <TermsLine rate={loan.interest_rate} months={loan.term_months} />
        </p>
      </div>
      <div className="overview-item-figures">
        {loan.status !== 'cancelled' && <FundingBar loan={loan} isSmall />}
        <p className="soft small figures">
          {loan.status === 'open' && loan.lender_count === 0 ? t('overview.inviteNext') : describeFunding(loan)}
        </p>
      </div>
    </li>
  );
}
