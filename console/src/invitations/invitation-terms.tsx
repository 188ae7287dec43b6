import type { Invitation } from '@private-lending/client';
import { useEffect, useRef } from 'react';
import { useLoan } from '../api/queries.ts';
import { Button } from '../design/components/button.tsx';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isClosedBelow, raisedAmountOf } from '../loans/raised-amount.ts';

interface InvitationTermsProps {
  readonly invitation: Invitation;
  /** Whether the user has accepted, and so may want to keep the terms. */
  readonly isAgreed: boolean;
}

/** Everything that was agreed or offered, folded, and on paper unfolded. */
export function InvitationTerms({ invitation, isAgreed }: InvitationTermsProps) {
  const t = useTexts('invitations');
  const { money, percent, date, dateTime, deadline } = useLocale();
  const details = useUnfoldedInPrint();
  const { loan, borrower, loan_id: loanId } = invitation;
  const { data: current } = useLoan(loanId);
  const terms: readonly (readonly [label: string, ...values: string[]])[] = [
    [t('termsBorrower'), ...(borrower.name === null ? [] : [borrower.name]), borrower.email],
    [t('termsAmount'), money(invitation.contribution_amount, loan.currency)],
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
    <details ref={details} className="invitation-terms">
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
      <p className="invitation-printed soft small">{t('printedOn', { time: dateTime(Date.now()) })}</p>
      {isAgreed && (
        <div className="actions">
          <Button isSmall onClick={() => window.print()}>
            {t('print')}
          </Button>
        </div>
      )}
    </details>
  );
}

/** A paper can't be unfolded. */
function useUnfoldedInPrint() {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    let wasOpen = false;
    const unfold = () => {
      wasOpen = details.current?.open ?? false;
      if (details.current) details.current.open = true;
    };
    const restore = () => {
      if (details.current) details.current.open = wasOpen;
    };
    window.addEventListener('beforeprint', unfold);
    window.addEventListener('afterprint', restore);
    return () => {
      window.removeEventListener('beforeprint', unfold);
      window.removeEventListener('afterprint', restore);
    };
  }, []);
  return details;
}
