import type { Invitation } from '@private-lending/client';
import { Link } from 'wouter';
import { StatusPill } from '../design/components/status-pill.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { TermsLine } from '../loans/terms-line.tsx';
import '../design/components/card.css';

/** An invitation that the user received, in a list. */
export function InvitationRow({ invitation }: { readonly invitation: Invitation }) {
  const { money, date } = useLocale();
  const t = useTexts('loans');
  const { loan_id, loan, borrower, contribution_amount: amount, status, expires_at } = invitation;
  return (
    <li className="overview-item card stack">
      <div className="overview-item-title">
        <Link href={`/app/invitations/${loan_id}`} className="overview-item-link">
          <bdi>{borrower.name ?? borrower.email}</bdi>
        </Link>
        <StatusPill status={status} />
      </div>
      <p>{t(status === 'pending' ? 'overview.asksYou' : 'overview.askedYou', { amount: money(amount, loan.currency) })}</p>
      <p className="soft small">
        <TermsLine rate={loan.interest_rate} months={loan.term_months} />
        {status === 'pending' && <> · {t('overview.answerBy', { date: date(expires_at) })}</>}
      </p>
    </li>
  );
}
