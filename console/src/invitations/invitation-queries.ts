import type { Event, Invitation } from '@private-lending/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lending } from '../api/clients.ts';
import { keys, PAGE_SIZE } from '../api/queries.ts';
import { tabStore } from '../app/text-store.ts';
import { useAction } from '../app/use-action.ts';
import { LinkOutcome } from '../mail-links/link-outcome.ts';
import { invitationKey, showAnswer } from './answer/show-answer.ts';
import { chooseInvitation } from './choose-invitation.ts';

/** Of a loan's history, for a lender: their own entries and the loan's. */
const EVENTS_MAX = 300;

/** The user's invitation to a loan; null where there is none. */
export function useInvitation(loanId: string, email: string | null) {
  return useQuery({
    queryKey: invitationKey(loanId),
    queryFn: async ({ signal }): Promise<Invitation | null> => {
      const found: Invitation[] = [];
      for await (const page of lending.listInvitations({ limit: PAGE_SIZE }, { signal }).pages()) {
        found.push(...page.invitations.filter((invitation) => invitation.loan_id === loanId));
        const best = chooseInvitation(found, loanId, email);
        if (best && best.email === email && best.status !== 'expired' && best.status !== 'revoked') return best;
      }
      return chooseInvitation(found, loanId, email) ?? null;
    },
  });
}

/** The history of a loan, as far as the user may see it, oldest first. */
export function useLoanEvents(loanId: string) {
  return useQuery({
    queryKey: keys.events(loanId),
    queryFn: async ({ signal }): Promise<readonly Event[]> => {
      const events: Event[] = [];
      for await (const event of lending.readEvents(loanId, { limit: PAGE_SIZE }, { signal })) events.push(event);
      return events.slice(-EVENTS_MAX);
    },
  });
}

export type Answer =
  /** With the amount that the user has read, in major units: only that is accepted. The borrower may have changed it since. */
  { readonly choice: 'accept'; readonly amount: number } | { readonly choice: 'decline' };

/** Accepts or declines. The same answer again is a success, so a repeat after a lost response is, too. */
export function useAnswer(loanId: string) {
  const queries = useQueryClient();
  return useAction({
    mutationFn: async (answer: Answer) =>
      answer.choice === 'accept'
        ? await lending.acceptInvitation(loanId, { contributionAmount: answer.amount })
        : await lending.declineInvitation(loanId),
    onSuccess: (response) => {
      new LinkOutcome(tabStore, loanId, 'decline').clear(); // what was done by a mail's link no longer holds
      return showAnswer(queries, loanId, response);
    },
    onError: () => queries.invalidateQueries({ queryKey: invitationKey(loanId) }), // it may have changed in the meantime
  });
}
