import type { Invitation, Loan } from '@private-lending/client';

export interface Inbox {
  /** Invitations that the user can answer, those that end first above. */
  readonly toAnswer: readonly Invitation[];
  /** Open loans of the user, those with free amounts above those that only wait for lenders. */
  readonly open: readonly Loan[];
  /** Accepted invitations to loans that were not cancelled. */
  readonly lending: readonly Invitation[];
  /** Loans of the user that are funded. */
  readonly funded: readonly Loan[];
  /** Loans of the user that were cancelled. */
  readonly endedLoans: readonly Loan[];
  readonly endedInvitations: readonly Invitation[];
}

/**
 * Sorts loans and invitations by what the user has to do.
 * @param loans and invitations the newest first @param now epoch milliseconds
 */
export function sortInbox(loans: readonly Loan[], invitations: readonly Invitation[], now: number): Inbox {
  const toAnswer = invitations
    .filter((each) => isToAnswer(each, now))
    .sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at));
  const lending = invitations.filter(({ status, loan }) => status === 'accepted' && loan.status !== 'cancelled');
  const others = new Set([...toAnswer, ...lending]);
  const open = loans.filter(({ status }) => status === 'open');
  return {
    toAnswer,
    open: [...open.filter(({ remaining }) => remaining > 0), ...open.filter(({ remaining }) => remaining === 0)],
    lending,
    funded: loans.filter(({ status }) => status === 'funded'),
    endedLoans: loans.filter(({ status }) => status === 'cancelled'),
    endedInvitations: invitations.filter((each) => !others.has(each)),
  };
}

function isToAnswer({ status, expires_at: expiry, loan }: Invitation, now: number): boolean {
  return status === 'pending' && loan.status === 'open' && Date.parse(expiry) > now;
}
