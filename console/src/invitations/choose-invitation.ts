import type { Invitation } from '@private-lending/client';

/**
 * Chooses the invitation to a loan that an answer is about, by the rule of the server: the one to the user's address, else the newest;
 * revoked and expired ones come last.
 * @param email null where the issuer has not verified it
 * @param invitations of the user, the newest first; a user may have answered some under other addresses
 */
export function chooseInvitation(invitations: readonly Invitation[], loanId: string, email: string | null): Invitation | undefined {
  const hasEnded = ({ status }: Invitation) => status === 'expired' || status === 'revoked';
  return invitations
    .filter((invitation) => invitation.loan_id === loanId)
    .sort((a, b) => +hasEnded(a) - +hasEnded(b) || +(a.email !== email) - +(b.email !== email))[0];
}
