import type { Invitation, Loan } from '@private-lending/client';

/** The status of an invitation as a lender sees it: that of the loan, once it has ended and the answer would not say so. */
export function shownStatus({ status, loan }: Invitation): Invitation['status'] | Loan['status'] {
  const followsLoan = status === 'accepted' || status === 'revoked';
  return followsLoan && loan.status !== 'open' ? loan.status : status;
}

/** What a card says of an invitation: the end of its key in the catalogue. */
export function cardText({ status, loan }: Invitation): 'asks' | 'asked' | 'accepted' | 'lend' | 'withoutYou' | 'cancelled' {
  if (status === 'pending') return 'asks';
  if (status === 'declined' || status === 'expired') return 'asked';
  if (loan.status === 'cancelled') return 'cancelled';
  if (status === 'accepted') return loan.status === 'funded' ? 'lend' : 'accepted';
  return loan.status === 'funded' ? 'withoutYou' : 'asked';
}
