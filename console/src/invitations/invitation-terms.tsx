import type { Invitation } from '@private-lending/client';
import { useLoan } from '../api/queries.ts';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isClosedBelow, raisedAmountOf } from '../loans/raised-amount.ts';

/** Everything that was agreed or offered, folded. */
export function InvitationTerms({ invitation }: { readonly invitation: Invitation }) {
  const t = useTexts('invitations');
  const { money, percent, date, deadline } = useLocale();
  const { loan, borrower, loan_id: loanId } = invitation;
  const { data: current } = useLoan(loanId);
  const terms: readonly (readonly [label: string, ...values: string[]])[] = [
    [t('termsBorrower'), ...(borrower.name === null ? [] : [borrower.name]), borrower.email],
    [t('termsLoan'), money(current ? raisedAmountOf(current) : loan.amount, loan.currency)],
    ...(current && isClosedBelow(current) ? [[t('termsAskedFor'), money(loan.amount, loan.currency)] as const] : []),
    [t('termsRate'), t('termsRateValue', { rate: percent(loan.interest_rate) })],
    [t('termsTerm'), t('termsMonths', { count: loan.term_months })],
    [t('termsYou'), invitation.email],
    [t('termsInvited'), date(invitation.invited_at)],
    [t('termsAnswerBy'), deadline(invitation.expires_at)],
    [t('termsId'), loanId],
  ];
  return (
    <details className="invitation-terms">
      <summary>{t('termsTitle')}</summary>
      <dl>
        {terms.map(([label, ...values]) => (
          <div key={label}>
            <dt>{label}</dt>
            {values.map((value) => (
              <dd key={value}>
                <bdi>{value}</bdi>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </details>
  );
}
