import type { Invitation } from '@private-lending/client';
import { Link } from 'wouter';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { TermsLine } from '../loans/terms-line.tsx';
import { ShortRepayment } from '../repayment/repayment-sentence.tsx';
import { borrowerName } from './borrower-name.ts';
import { InvitationPill } from './invitation-pill.tsx';
import { repaymentOf } from './repayment-of.ts';
import { cardText } from './shown-status.ts';

/** An invitation in a list: who asks for how much and what for, what comes back, and until when to answer. It leads to its page. */
export function InvitationCard({ invitation }: { readonly invitation: Invitation }) {
  const { money, deadline } = useLocale();
  const t = useTexts('loans');
  const { loan_id, loan, contribution_amount: amount, status, expires_at } = invitation;
  const isLending = status === 'pending' || (status === 'accepted' && loan.status !== 'cancelled');
  const repayment = isLending ? repaymentOf(invitation) : undefined;
  return (
    <li className="overview-item">
      <Link href={`/app/invitations/${loan_id}`} className="overview-item-link">
        <bdi>{borrowerName(invitation)}</bdi>
      </Link>
      <InvitationPill invitation={invitation} />
      <div className="overview-item-about">
        <p className="figures">
          {t(`overview.card.${cardText(invitation)}`, {
            amount: money(amount, loan.currency),
            accepted: money(loan.total_accepted, loan.currency),
            total: money(loan.amount, loan.currency),
          })}
        </p>
        {loan.purpose !== null && (
          <p>
            <bdi>{loan.purpose}</bdi>
          </p>
        )}
      </div>
      <div className="overview-item-figures">
        {repayment && (
          <p className="figures">
            <ShortRepayment repayment={repayment} />
          </p>
        )}
        <p className="soft small">
          <TermsLine rate={loan.interest_rate} months={loan.term_months} />
          {status === 'pending' && <> · {t('overview.answerBy', { date: deadline(expires_at) })}</>}
        </p>
      </div>
    </li>
  );
}
