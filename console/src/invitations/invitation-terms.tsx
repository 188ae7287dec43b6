import type { Invitation } from '@private-lending/client';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';

/** Everything that was agreed or offered, folded. */
export function InvitationTerms({ invitation }: { readonly invitation: Invitation }) {
  const t = useTexts('invitations');
  const { money, percent, date, dateTime } = useLocale();
  const { loan, borrower, loan_id: loanId } = invitation;
  const terms: readonly (readonly [label: string, ...values: string[]])[] = [
    [t('termsBorrower'), ...(borrower.name === null ? [] : [borrower.name]), borrower.email],
    [t('termsLoan'), money(loan.amount, loan.currency)],
    [t('termsRate'), t('termsRateValue', { rate: percent(loan.interest_rate) })],
    [t('termsTerm'), t('termsMonths', { count: loan.term_months })],
    ...(loan.purpose === null ? [] : [[t('termsPurpose'), loan.purpose] as const]),
    [t('termsYou'), invitation.email],
    [t('termsInvited'), date(invitation.invited_at)],
    [t('termsAnswerBy'), dateTime(invitation.expires_at)],
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
