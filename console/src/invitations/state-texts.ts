import type { Invitation } from '@private-lending/client';
import { useLocale } from '../i18n/locale-context.tsx';
import { useTexts } from '../i18n/use-texts.ts';
import { isClosedBelow } from '../loans/raised-amount.ts';
import { borrowerName } from './borrower-name.ts';
import type { InvitationState } from './invitation-state.ts';

interface StateTexts {
  readonly title: string;
  readonly texts: readonly string[];
}

/** An invitation's state in words, with what follows from it. */
export function useStateTexts(invitation: Invitation, state: InvitationState): StateTexts {
  const t = useTexts('invitations');
  const { money, percent, deadline } = useLocale();
  const { loan } = invitation;
  const words = {
    borrower: borrowerName(invitation),
    address: invitation.borrower.email,
    amount: money(invitation.contribution_amount, loan.currency),
    rate: percent(loan.interest_rate),
    time: deadline(invitation.expires_at),
    accepted: money(loan.total_accepted, loan.currency),
    total: money(loan.amount, loan.currency),
  };
  const isClosed = isClosedBelow(loan);
  switch (state) {
    case 'pending':
      return { title: t('answerTitle'), texts: [t('answerBy', words)] };
    case 'accepted':
      return { title: t('acceptedTitle'), texts: [t('acceptedText', words), t('acceptedNext', words)] };
    case 'funded':
      return {
        title: isClosed ? t('closedTitle', words) : t('fundedTitle'),
        texts: [t('fundedText', words), t('fundedNext', words)],
      };
    case 'declined':
      return { title: t('declinedTitle'), texts: [t('declinedText', words)] };
    case 'withdrawn':
      return { title: t('withdrawnTitle'), texts: [t('withdrawnText', words)] };
    case 'declined-by-link':
      return { title: t('declinedByLinkTitle'), texts: [t('declinedByLinkText', words)] };
    case 'declined-by-link-ended':
      return { title: t('declinedByLinkTitle'), texts: [t('declinedByLinkEnded', words)] };
    case 'expired':
      return { title: t('expiredTitle'), texts: [t('expiredText', words)] };
    case 'revoked':
      return { title: t('revokedTitle'), texts: [t('revokedText', words)] };
    case 'complete':
      if (isClosed) return { title: t('closedWithoutTitle'), texts: [t('closedWithoutText', words)] };
      return { title: t('completeTitle'), texts: [t('completeText')] };
    case 'cancelled':
      return { title: t('cancelledTitle'), texts: [t('cancelledText', words)] };
    case 'accepted-cancelled':
      return { title: t('cancelledTitle'), texts: [t('acceptedCancelledText', words), t('cancelledText', words)] };
  }
}
