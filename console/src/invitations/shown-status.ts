import type { Invitation, Loan } from '@private-lending/client';
import { isClosedBelow } from '../loans/raised-amount.ts';

/** The status of an invitation as a lender sees it: that of the loan, once it has ended and the answer would not say so. */
export function shownStatus({ status, loan }: Invitation): Invitation['status'] | Loan['status'] {
  const followsLoan = status === 'accepted' || status === 'revoked';
  return followsLoan && loan.status !== 'open' ? loan.status : status;
}

type CardText = 'asks' | 'asked' | 'accepted' | 'lend' | 'lendClosed' | 'withoutYou' | 'closedWithoutYou' | 'cancelled';

/** What a card says of an invitation: the end of its key in the catalogue. */
export function cardText({ status, loan }: Invitation): CardText {
  if (status === 'pending') return 'asks';
  if (status === 'declined' || status === 'expired') return 'asked';
  if (loan.status === 'cancelled') return 'cancelled';
  if (loan.status === 'open') return status === 'accepted' ? 'accepted' : 'asked';
  if (isClosedBelow(loan)) return status === 'accepted' ? 'lendClosed' : 'closedWithoutYou';
  return status === 'accepted' ? 'lend' : 'withoutYou';
}
