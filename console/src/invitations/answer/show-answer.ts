import type { AcceptInvitationResponse } from '@private-lending/client';
import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../../api/queries.ts';

/** Of the user's invitation to a loan. It is read again with all invitations. */
export const invitationKey = (loanId: string) => [...keys.invitations, loanId] as const;

/** Shows an answer in place of what was read before. */
export async function showAnswer(
  queries: QueryClient,
  loanId: string,
  { invitation, loan }: AcceptInvitationResponse,
): Promise<void> {
  // What was read before the answer, and arrives after it.
  for (const queryKey of [invitationKey(loanId), keys.loan(loanId)]) await queries.cancelQueries({ queryKey, exact: true });
  const history = queries.invalidateQueries({ queryKey: keys.events(loanId) });
  if (invitation.status === 'declined') await history; // it says whether this is a withdrawal, or an earlier decline by a link
  queries.setQueryData(invitationKey(loanId), invitation);
  queries.setQueryData(keys.loan(loanId), loan);
  void queries.invalidateQueries({ queryKey: keys.invitations, predicate: ({ queryKey }) => queryKey[1] !== loanId });
}
